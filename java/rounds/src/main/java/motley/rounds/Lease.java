package motley.rounds;

import java.time.Instant;

/// A task in one device's hands.
///
/// @param task carries the lease's identity in its key
/// @param grantedAt when the task was given
/// @param expectedAt when the answer usually would be here; the deadline if nothing is known
/// @param deadline when the lease expires; heartbeats move it
/// @param deadlineMax how far heartbeats can move it
public record Lease(
        DeviceId device,
        Task task,
        Instant grantedAt,
        Instant expectedAt,
        Instant deadline,
        Instant deadlineMax) {
    public LeaseId id() {
        return task.key().lease();
    }

    public int slot() {
        return task.key().slot();
    }

    Lease withDeadline(Instant moved) {
        return new Lease(device, task, grantedAt, expectedAt, moved, deadlineMax);
    }
}
