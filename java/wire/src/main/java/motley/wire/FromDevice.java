package motley.wire;

/// What a device says in its session.
public sealed interface FromDevice {
    /// Opens the session.
    ///
    /// @param token empty where the coordinator asks for none
    /// @param deviceId chosen by the device at its first start and kept
    record Hello(
            int protocolVersion, String token, String deviceId, String name, DeviceProfile profile)
            implements FromDevice {}

    /// @param lease the lease in hand, 0 for none
    record Heartbeat(DeviceHealth health, long lease) implements FromDevice {}

    /// The content of the file `nonce` in the offered directory.
    record SharedMemoryProof(String nonce) implements FromDevice {}

    /// The device is free: it waits until it is given a task.
    record WorkRequest() implements FromDevice {}

    /// A task is done; its contribution lies where the assignment said.
    record Submission(TaskKey task, Result result) implements FromDevice {}

    record LeaseReturn(String run, long lease, String reason) implements FromDevice {}

    record Leaving(String reason) implements FromDevice {}

    /// What was measured while computing a task.
    ///
    /// @param samples how many samples were counted
    /// @param lossSum sum over the samples, in nats
    /// @param correct samples whose largest logit was their label; one of many positions counts
    ///     with the share of them that is right
    /// @param computeMicros time spent computing
    record Result(int samples, double lossSum, double correct, long computeMicros) {}
}
