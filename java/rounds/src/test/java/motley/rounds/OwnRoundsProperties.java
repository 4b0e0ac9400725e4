package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever devices with samples of their own do: no device counts twice in a round, no round
/// closes below its quorum, and the run ends once they are all back.
final class OwnRoundsProperties {
    private static final int DEVICES = 6;
    private static final int EPOCHS = 8;
    private static final int STEPS = 1_500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void roundsHoldUnderComingsAndGoings() {
        for (long seed = 0; seed < 200; seed++) new Course(seed).run();
    }

    /// One run, and what its devices have in hand.
    private static final class Course {
        private final SplittableRandom random;
        private final String replay;
        private final int quorum;
        private final Map<DeviceId, List<Task>> hands = new HashMap<>();
        private final Set<DeviceId> counted = new HashSet<>();
        private State state;
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        private long samples;
        private int rounds;

        Course(long seed) {
            random = new SplittableRandom(seed);
            replay = "reproduce with: seed " + seed;
            quorum = random.nextInt(1, DEVICES + 1);
            var policy = Policy.DEFAULT.withOwnTerms(new OwnTerms(quorum, PATIENCE));
            var local = Strategy.SYNC.withLocal(new Strategy.Local(4096, 1, 0));
            var schedule = new Schedule(100, 0, 10, 2, EPOCHS, true);
            state = State.initial(new RunSettings(seed, schedule, policy, local), 1, now);
        }

        void run() {
            for (int step = 0; step < STEPS && !isOver(); step++) happens();
            for (int step = 0; step < 20 * EPOCHS * DEVICES && !isOver(); step++) goesWell();
            assertThat(state.phase()).as(replay).isEqualTo(new Phase.Ended(new Ending.Finished()));
            assertThat(rounds).as(replay).isEqualTo(EPOCHS);
        }

        private void happens() {
            now = now.plusMillis(random.nextInt(2_000));
            var device = new DeviceId(random.nextInt(DEVICES));
            switch (random.nextInt(8)) {
                case 0 -> join(device);
                case 1 -> decide(new Event.DeviceLeft(device));
                case 2 -> decide(new Event.DeviceSilent(device));
                case 3, 4 -> decide(new Event.WorkRequested(device));
                case 5, 6 -> answer(device);
                default -> decide(new Event.Tick());
            }
        }

        /// All are there, ask, and answer.
        private void goesWell() {
            now = now.plusSeconds(1);
            for (int number = 0; number < DEVICES; number++) {
                var device = new DeviceId(number);
                if (!state.fleet().devices().has(device)) join(device);
                decide(new Event.WorkRequested(device));
                answer(device);
            }
        }

        private void join(DeviceId device) {
            decide(new Event.DeviceJoined(device, "jvm"));
            decide(new Event.SamplesOffered(device, samplesOf(device)));
        }

        private static int samplesOf(DeviceId device) {
            return 1 << device.value();
        }

        private void answer(DeviceId device) {
            var hand = hands.getOrDefault(device, List.of());
            if (hand.isEmpty()) return;
            decide(new Event.ContributionOffered(device, Play.answer(hand.removeFirst())));
        }

        private void decide(Event event) {
            var step = Rounds.step(state, event, now);
            state = step.state();
            for (var effect : step.effects()) perform(effect);
            assertThat(Waiting.why(state, now).text()).as(replay).isNotBlank();
        }

        private void perform(Effect effect) {
            switch (effect) {
                case Effect.Assign(var device, var task) -> {
                    var all = new Range(0, samplesOf(device));
                    assertThat(task.samples()).as(replay).isEqualTo(all);
                    hands.computeIfAbsent(device, _ -> new ArrayList<>()).add(task);
                }
                case Effect.Accept(var device, var task, _) -> {
                    assertThat(counted.add(device)).as("%s: %s twice", replay, device).isTrue();
                    samples += task.samples().count();
                }
                case Effect.CloseRound(_, int round, var totals) -> {
                    assertThat(counted.size()).as(replay).isGreaterThanOrEqualTo(quorum);
                    assertThat(totals.samples()).as(replay).isEqualTo(samples);
                    assertThat(round).as(replay).isEqualTo(rounds++);
                    counted.clear();
                    samples = 0;
                    decide(new Event.RoundApplied(round, round + 1));
                }
                case Effect.Refuse _,
                        Effect.Hold _,
                        Effect.Confirm _,
                        Effect.Recall _,
                        Effect.Reputed _,
                        Effect.Revoke _,
                        Effect.CloseEvaluation _,
                        Effect.Rejoin _,
                        Effect.End _,
                        Effect.Note _ -> {}
            }
        }

        private boolean isOver() {
            return state.phase() instanceof Phase.Ended;
        }
    }
}
