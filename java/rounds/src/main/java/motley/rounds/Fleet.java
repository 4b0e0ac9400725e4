package motley.rounds;

/// The devices of a run.
///
/// @param devices members and those standing by
/// @param members how many take part
/// @param idle members that ask and can be given work, by ticket: first come, first served
/// @param standby devices waiting for a place, by ticket
/// @param tickets how many tickets have been given
/// @param training how long full training tasks take, over all devices
/// @param evaluation the same for evaluation tasks
public record Fleet(
        OrderedMap<DeviceId, Device> devices,
        int members,
        OrderedMap<Long, DeviceId> idle,
        OrderedMap<Long, DeviceId> standby,
        long tickets,
        Timing training,
        Timing evaluation) {
    /// Nobody.
    public static final Fleet NONE =
            new Fleet(
                    OrderedMap.empty(),
                    0,
                    OrderedMap.empty(),
                    OrderedMap.empty(),
                    0,
                    Timing.NONE,
                    Timing.NONE);
}
