package motley.rounds;

import java.time.Duration;

/// What the shell must do, in the order given.
public sealed interface Effect {
    /// Send `task` to `device`.
    record Assign(DeviceId device, Task task) implements Effect {}

    /// Add this contribution to the round's sum, now: acceptance and addition are one step.
    ///
    /// @param scale what its elements are multiplied by, in (0, 1]; below 1 where an unverified
    ///     contribution is clipped
    record Accept(DeviceId device, Task task, double scale) implements Effect {
        /// As it is.
        public Accept(DeviceId device, Task task) {
            this(device, task, 1);
        }
    }

    /// Nothing is wrong with this contribution, but it counts only once another device confirms it;
    /// the loop has kept what it needs of it. Tell the device that it may go on.
    record Hold(DeviceId device, Task task) implements Effect {}

    /// What `device` answered to `task`, and was held, is confirmed: the work counts as done.
    ///
    /// @param compute the time it says it took
    record Confirm(DeviceId device, Task task, Duration compute) implements Effect {}

    /// Forget all contributions of the open round, or evaluation: one of them comes from a device
    /// that was proven wrong. The tasks go out again.
    record Recall(int round) implements Effect {}

    /// Keep what is known of `device`, beyond this run and a restart.
    record Reputed(DeviceId device, Reputation reputation) implements Effect {}

    /// Drop this contribution and tell the device why.
    record Refuse(DeviceId device, TaskKey key, Refusal reason) implements Effect {}

    /// Tell a device that the answer to this lease is no longer needed. It may stop early; an
    /// answer sent all the same is refused, and compared.
    record Revoke(DeviceId device, LeaseId lease, String reason) implements Effect {}

    /// The round has its answers: divide the sum of those accepted before this effect, update,
    /// publish, then answer with [Event.RoundApplied]. What is accepted meanwhile counts for the
    /// next update.
    record CloseRound(int epoch, int round, Totals totals) implements Effect {}

    /// The evaluation after `epoch` is complete. Needs no answer.
    record CloseEvaluation(int epoch, Totals totals) implements Effect {}

    /// A device the run does not know asks for work: have it join with [Event.DeviceJoined], then
    /// repeat its request.
    record Rejoin(DeviceId device) implements Effect {}

    /// The run is over; nothing follows.
    record End(Ending ending) implements Effect {}

    /// Worth a line in the journal.
    record Note(Fact fact) implements Effect {}
}
