package motley.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/// What goes wrong in one simulation. Each seed draws which faults there are at all: bugs hide
/// behind other faults as well as behind none. [Fault] names them, [Tally] counts them.
record Faults(Links links, Devices devices, Coordinator coordinator) {
    static final Faults NONE =
            new Faults(
                    new Links(0, 0, Duration.ofMillis(2), 0),
                    new Devices(0, 0, 0, 0, 0, 0, 0, 0, 0),
                    new Coordinator(0, 0, 0, Duration.ZERO));

    /// @param loss probability of a message to be lost
    /// @param duplication probability of a message to arrive twice
    /// @param delay mean time a message takes, exponentially distributed: messages overtake others
    /// @param cut per second: some devices are cut off for a while, in one direction or in both
    record Links(double loss, double duplication, Duration delay, double cut) {}

    /// @param crash of a device, per second; it forgets everything and comes back
    /// @param lostDisk probability that a crash takes the disk along: it comes back as another one
    /// @param silence of a device, per second; it goes on computing, unheard
    /// @param departure of a device, per second, with a goodbye
    /// @param reluctance: probability of a task to be given back
    /// @param poison: probability of the hostile device's answers to be wrong
    /// @param slowdown of a device, per second; it computes many times slower for a while
    /// @param flood per second: a device says everything it has to say many times over
    /// @param outdated probability of a device to speak another version of the protocol, until it
    ///     is started again
    record Devices(
            double crash,
            double lostDisk,
            double silence,
            double departure,
            double reluctance,
            double poison,
            double slowdown,
            double flood,
            double outdated) {}

    /// @param crash per second
    /// @param fullDisk per second: no checkpoint can be written for a while
    /// @param clockStep per second: the clock on the wall is set, forwards or back
    /// @param service time to take one message; zero: no time at all
    record Coordinator(double crash, double fullDisk, double clockStep, Duration service) {}

    static Faults draw(SplittableRandom random) {
        var links =
                new Links(
                        sometimes(random, 0.3),
                        sometimes(random, 0.3),
                        Duration.ofMillis(random.nextInt(1, random.nextBoolean() ? 20 : 1_000)),
                        sometimes(random, 0.2));
        var devices =
                new Devices(
                        sometimes(random, 0.1),
                        random.nextDouble(),
                        sometimes(random, 0.1),
                        sometimes(random, 0.1),
                        sometimes(random, 0.1),
                        sometimes(random, 0.5),
                        sometimes(random, 0.1),
                        sometimes(random, 0.2),
                        sometimes(random, 0.5));
        var coordinator =
                new Coordinator(
                        sometimes(random, 0.2),
                        sometimes(random, 0.1),
                        sometimes(random, 0.1),
                        random.nextInt(4) == 0
                                ? Duration.ofMillis(random.nextInt(1, 40))
                                : Duration.ZERO);
        return new Faults(links, devices, coordinator);
    }

    private static double sometimes(SplittableRandom random, double max) {
        return random.nextBoolean() ? random.nextDouble(max) : 0;
    }
}
