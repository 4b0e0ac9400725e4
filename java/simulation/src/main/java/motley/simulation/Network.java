package motley.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/// Delivers messages never, once or twice, each time after its own delay.
final class Network {
    private final Agenda agenda;
    private final SplittableRandom random;
    private Faults faults;

    Network(Agenda agenda, SplittableRandom random, Faults faults) {
        this.agenda = agenda;
        this.random = random;
        this.faults = faults;
    }

    void heal() {
        faults = Faults.NONE;
    }

    void send(Runnable delivery) {
        if (random.nextDouble() < faults.loss()) return;
        int copies = random.nextDouble() < faults.duplication() ? 2 : 1;
        for (int i = 0; i < copies; i++) agenda.after(delay(), delivery);
    }

    private Duration delay() {
        double exponential = -StrictMath.log(1 - random.nextDouble());
        return Duration.ofNanos(1 + (long) (exponential * faults.delay().toNanos()));
    }
}
