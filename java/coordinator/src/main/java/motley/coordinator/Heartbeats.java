package motley.coordinator;

import motley.wire.FromCoordinator.Timing;
import motley.wire.Protocol;

/// How often a device says that it is there: the more devices, the less often.
///
/// Up to 250 devices keep [Protocol#HEARTBEAT]; more of them share [#PER_SECOND]. A device is told
/// when it comes, and with an answer to one of its own heartbeats once the number of devices has
/// doubled or halved since.
final class Heartbeats {
    /// In each direction, of all devices, and up to twice as often before they are told again: a
    /// small part of what two cores carry.
    static final double PER_SECOND = 500;

    private static final double FACTOR_MAX = 2;

    private Heartbeats() {}

    /// Whether a device that was told `told` should be told `now`.
    static boolean isOutdated(Timing told, Timing now) {
        double factor = now.heartbeatMillis() / (double) told.heartbeatMillis();
        return factor >= FACTOR_MAX || factor <= 1 / FACTOR_MAX;
    }

    /// @param devices that are there, with the one that comes
    static Timing of(int devices) {
        double usualMs = Protocol.HEARTBEAT.toMillis();
        double factor = Math.max(1, 1000.0 * devices / (usualMs * PER_SECOND));
        return new Timing(
                (int) Math.round(factor * usualMs),
                (int) Math.round(factor * Protocol.SILENCE.toMillis()));
    }
}
