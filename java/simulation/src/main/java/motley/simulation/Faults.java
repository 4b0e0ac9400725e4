package motley.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/// What goes wrong in one simulation, as probabilities. Each seed draws which faults there are at
/// all: bugs hide behind other faults as well as behind none.
///
/// @param loss of a message
/// @param duplication of a message
/// @param delay mean time a message takes, exponentially distributed: messages overtake each other
/// @param crash of a device, per second; it forgets everything and comes back
/// @param silence of a device, per second; it goes on computing, unheard
/// @param departure of a device, per second, with a goodbye
/// @param reluctance: a task is given back
/// @param poison: the hostile device answers with wrong numbers
/// @param coordinatorCrash per second
record Faults(
        double loss,
        double duplication,
        Duration delay,
        double crash,
        double silence,
        double departure,
        double reluctance,
        double poison,
        double coordinatorCrash) {
    static final Faults NONE = new Faults(0, 0, Duration.ofMillis(2), 0, 0, 0, 0, 0, 0);

    static Faults draw(SplittableRandom random) {
        return new Faults(
                sometimes(random, 0.3),
                sometimes(random, 0.3),
                Duration.ofMillis(random.nextInt(1, random.nextBoolean() ? 20 : 1_000)),
                sometimes(random, 0.1),
                sometimes(random, 0.1),
                sometimes(random, 0.1),
                sometimes(random, 0.1),
                sometimes(random, 0.5),
                sometimes(random, 0.2));
    }

    private static double sometimes(SplittableRandom random, double max) {
        return random.nextBoolean() ? random.nextDouble(max) : 0;
    }
}
