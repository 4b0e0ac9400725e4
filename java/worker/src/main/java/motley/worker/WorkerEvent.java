package motley.worker;

import java.net.URI;
import java.time.Duration;
import motley.wire.FromCoordinator.Work;
import motley.wire.FromDevice.Result;
import motley.wire.RunManifest;
import motley.wire.TaskKey;

/// What a device's agent tells whoever shows it to people.
public sealed interface WorkerEvent {
    /// No address was given: the network is being searched.
    record Searching(int discoveryPort) implements WorkerEvent {}

    record Connecting(URI coordinator) implements WorkerEvent {}

    /// @param sharesMemory whether bulk bytes travel through files of this machine
    record Joined(URI coordinator, String deviceId, String name, boolean sharesMemory)
            implements WorkerEvent {}

    /// The coordinator is away; the agent tries again by itself.
    record Away(String reason, Duration retryAfter) implements WorkerEvent {}

    record Preparing(RunManifest manifest) implements WorkerEvent {}

    record Ready(RunManifest manifest) implements WorkerEvent {}

    record Waiting(String reason) implements WorkerEvent {}

    record Computed(TaskKey task, Work work, Result result, Times times) implements WorkerEvent {}

    /// When a task went through its stations, by [System#nanoTime].
    ///
    /// @param startNs it was taken up, its run being ready
    /// @param loadedNs the parameters were there
    /// @param computedNs the answer was computed
    /// @param deliveredNs the answer was with the coordinator, or on the way
    record Times(long startNs, long loadedNs, long computedNs, long deliveredNs) {}

    /// Other parameters came than the task names, and are fetched again.
    record Damaged(long parameterVersion) implements WorkerEvent {}

    record Refused(String reason) implements WorkerEvent {}

    record Paused(String reason) implements WorkerEvent {}

    record Resumed() implements WorkerEvent {}

    /// Something failed; the task went back to the coordinator.
    record Failed(String reason) implements WorkerEvent {}
}
