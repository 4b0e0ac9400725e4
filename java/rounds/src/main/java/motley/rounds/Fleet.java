package motley.rounds;

import java.time.Instant;

/// The devices of a run.
///
/// @param devices members and those standing by
/// @param members how many take part
/// @param idle members that ask and can be given work, by ticket: the faster first, and of those
///     about as fast whoever came first
/// @param standby devices waiting for a place, by ticket
/// @param tickets how many tickets have been given
/// @param training how long full training tasks take, over all devices
/// @param evaluation the same for evaluation tasks
/// @param paces the members whose training tasks were measured, fastest first
/// @param usualAt when a device that is not much slower than others was last given training
public record Fleet(
        OrderedMap<DeviceId, Device> devices,
        int members,
        OrderedMap<Long, DeviceId> idle,
        OrderedMap<Long, DeviceId> standby,
        long tickets,
        Timing training,
        Timing evaluation,
        OrderedMap<Pace, DeviceId> paces,
        Instant usualAt) {
    /// How long a member's training tasks take.
    public record Pace(long meanNs, DeviceId device) implements Comparable<Pace> {
        @Override
        public int compareTo(Pace that) {
            int order = Long.compare(meanNs, that.meanNs);
            return order != 0 ? order : device.compareTo(that.device);
        }
    }

    /// Nobody.
    public static final Fleet NONE =
            new Fleet(
                    OrderedMap.empty(),
                    0,
                    OrderedMap.empty(),
                    OrderedMap.empty(),
                    0,
                    Timing.NONE,
                    Timing.NONE,
                    OrderedMap.empty(),
                    Instant.MIN);
}
