package motley.rounds;

import java.time.Instant;

/// A task in one device's hands.
///
/// @param task carries the lease's identity in its key
/// @param grantedAt when the task was given
/// @param expectedAt when the answer should be here; at once from a newcomer, which may be as fast
///     as any; the deadline if nothing is known of anybody
/// @param overdueAt when it should rarely not be here: from then on nothing is expected of it
/// @param deadline when the lease expires; heartbeats move it
/// @param deadlineMax how far heartbeats can move it
public record Lease(
        DeviceId device,
        Task task,
        Instant grantedAt,
        Instant expectedAt,
        Instant overdueAt,
        Instant deadline,
        Instant deadlineMax) {
    public LeaseId id() {
        return task.key().lease();
    }

    public int slot() {
        return task.key().slot();
    }

    Lease withDeadline(Instant moved) {
        return new Lease(device, task, grantedAt, expectedAt, overdueAt, moved, deadlineMax);
    }
}
