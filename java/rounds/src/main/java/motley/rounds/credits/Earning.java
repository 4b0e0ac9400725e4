package motley.rounds.credits;

import motley.rounds.DeviceId;
import motley.rounds.Task;

/// An answer that counts, and what it is worth.
///
/// @param task what was answered; its lease is given once, so it names the answer
/// @param micros micro-credits
public record Earning(DeviceId device, Task task, long micros) {
    /// The id of its entry in the ledger, for the run called `run`.
    public String entryId(String run) {
        return run + "/" + task.key().lease();
    }
}
