package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Delivers messages never, once or twice, each time after its own delay; and not at all over a
/// link that is cut.
final class Network {
    private static final int CUT_MS_MAX = 10_000;

    /// From a device, or to it.
    enum Direction {
        UP,
        DOWN
    }

    /// The link of one device, whatever its id is at present.
    final class Link {
        private final Map<Direction, Instant> cutUntil = new EnumMap<>(Direction.class);
        private final Map<Direction, Instant> latest = new EnumMap<>(Direction.class);

        private Link() {}

        /// Delivers, or not. What is on its way when the link is cut arrives all the same.
        void send(Direction direction, Runnable delivery) {
            if (agenda.now().isBefore(cutUntil.getOrDefault(direction, Instant.MIN))) return;
            if (random.nextDouble() < faults.loss()) {
                tally.strike(Fault.LOST);
                return;
            }
            int copies = random.nextDouble() < faults.duplication() ? 2 : 1;
            if (copies == 2) tally.strike(Fault.REPEATED);
            for (int i = 0; i < copies; i++) deliver(direction, delivery);
        }

        private void deliver(Direction direction, Runnable delivery) {
            var at = agenda.now().plus(delay());
            boolean isOvertaken = at.isBefore(latest.getOrDefault(direction, Instant.MIN));
            if (isOvertaken) tally.strike(Fault.OVERTAKEN);
            else latest.put(direction, at);
            agenda.at(at, delivery);
        }

        private void cut(Direction direction, Instant until) {
            cutUntil.put(direction, until);
        }
    }

    private final Agenda agenda;
    private final SplittableRandom random;
    private final Tally tally;
    private final List<Link> links = new ArrayList<>();
    private Faults.Links faults;

    Network(Agenda agenda, SplittableRandom random, Faults.Links faults, Tally tally) {
        this.agenda = agenda;
        this.random = random;
        this.faults = faults;
        this.tally = tally;
    }

    Link open() {
        var link = new Link();
        links.add(link);
        return link;
    }

    void start() {
        agenda.every(Duration.ofSeconds(1), this::suffer);
    }

    void heal() {
        faults = Faults.NONE.links();
        for (var link : links) {
            for (var direction : Direction.values()) link.cut(direction, Instant.MIN);
        }
    }

    private void suffer() {
        if (random.nextDouble() >= faults.cut()) return;
        var until = agenda.now().plusMillis(random.nextInt(1, CUT_MS_MAX));
        boolean isUp = random.nextBoolean();
        boolean isDown = !isUp || random.nextBoolean();
        for (var link : links) {
            if (random.nextBoolean()) continue;
            if (isUp) link.cut(Direction.UP, until);
            if (isDown) link.cut(Direction.DOWN, until);
            tally.strike(isUp && isDown ? Fault.CUT_BOTH_WAYS : Fault.CUT_ONE_WAY);
        }
    }

    private Duration delay() {
        double exponential = -StrictMath.log(1 - random.nextDouble());
        return Duration.ofNanos(1 + (long) (exponential * faults.delay().toNanos()));
    }
}
