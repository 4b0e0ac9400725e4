package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Range;
import motley.rounds.Strategy;
import motley.rounds.Task;
import motley.rounds.TaskKey;
import motley.wire.encoding.EncodedVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a checkpoint holds is enough: who goes on from it, at whatever step, ends with equal bits.
final class LearnerTest {
    private static final int ROUNDS = 10;
    private static final String BLOB = "a".repeat(64);
    private static final float OUTER_RATE = 0.7f;

    /// Of a product, a difference and another, of numbers below 1.
    private static final float ROUNDING = 0x1.8p-23f;

    /// In the middle of the steps that delayed momentum waits for, and at their ends.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 6})
    void delayedMomentumGoesOnFromAnyStep(int rounds) {
        var async = new Strategy(1, 8, Strategy.Local.NONE);
        requireTheSame(plan(async, "delayed-nesterov:every=4"), rounds);
    }

    /// Before the first local round, between two parts, and when both have had their turn.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void partsGoOnFromAnyRound(int rounds) {
        var local = Strategy.SYNC.withLocal(new Strategy.Local(4, 1, 2, 2, true));
        requireTheSame(plan(local, "adam"), rounds);
    }

    /// Every part's: with momentum from the step before, each moves `rate·move` and no further.
    @Test
    void lastStepOfEachPartDoesNotLookAhead() {
        var local = Strategy.SYNC.withLocal(new Strategy.Local(4, 1, 2, 2, true));
        var plan = plan(local, "adam");
        int rounds = plan.settings().schedule().roundsInRun();
        try (var arena = Arena.ofConfined();
                var learner = learner(plan)) {
            learner.draw();
            for (int round = rounds - 4; round < rounds - 2; round++) step(plan, learner, round);
            for (int round = rounds - 2; round < rounds; round++) {
                var before = copy(learner.parameters(), arena);
                step(plan, learner, round);
                int number = plan.settings().schedule().localRoundsBefore(round);
                var part = plan.fragments().turn(number);
                var moves = moves(plan, round);
                for (int i = 0; i < part.elements(); i++) {
                    long at = 4L * (part.first() + i);
                    float moved =
                            before.get(ValueLayout.JAVA_FLOAT, at)
                                    - learner.parameters().get(ValueLayout.JAVA_FLOAT, at);
                    assertThat(moved).isCloseTo(OUTER_RATE * moves[i], within(ROUNDING));
                }
            }
        }
    }

    private static void requireTheSame(RunPlan plan, int rounds) {
        try (var arena = Arena.ofConfined();
                var whole = learner(plan);
                var first = learner(plan);
                var second = learner(plan)) {
            whole.draw();
            for (int round = 0; round < ROUNDS; round++) step(plan, whole, round);

            first.draw();
            for (int round = 0; round < rounds; round++) step(plan, first, round);
            second.load(copy(first.parameters(), arena), copy(first.state(), arena));
            for (int round = rounds; round < ROUNDS; round++) step(plan, second, round);

            assertThat(second.parameters().mismatch(whole.parameters())).isEqualTo(-1);
            assertThat(second.state().mismatch(whole.state())).isEqualTo(-1);
        }
    }

    private static MemorySegment copy(MemorySegment from, Arena arena) {
        return arena.allocate(from.byteSize(), 64).copyFrom(from);
    }

    private static Learner learner(RunPlan plan) {
        return new Learner(plan, CpuEngine.open(new CpuSettings(1)));
    }

    private static void step(RunPlan plan, Learner learner, int round) {
        var sum = new Aggregator(plan, 4, round);
        var moves = moves(plan, round);
        var answer = new EncodedVector.Floats(moves.length, MemorySegment.ofArray(moves));
        sum.inspect(Optional.of(answer));
        var key = new TaskKey(new LeaseId(1, 1), round, 0, round);
        var task = new Task(key, Kind.TRAIN, 0, new Range(0, 1), Duration.ofSeconds(1));
        sum.add(answer, task, 1, () -> {});
        learner.step(sum, 1, round, 0.01);
    }

    /// What the only answer of `round` says.
    private static float[] moves(RunPlan plan, int round) {
        var random = new SplittableRandom(round);
        var numbers = new float[plan.contributionElements(round)];
        for (int i = 0; i < numbers.length; i++) numbers[i] = (float) random.nextDouble(-0.1, 0.1);
        return numbers;
    }

    private static RunPlan plan(Strategy strategy, String optimizer) {
        var part = new RunRequest.Part(BLOB, BLOB, 1_000);
        var descent = new RunRequest.Descent(optimizer, OptionalDouble.empty(), "constant", 0);
        var training = new RunRequest.Training(5, 32, 4, descent, 7, true);
        var request =
                new RunRequest(
                        Models.named("mnist-mlp"),
                        new RunRequest.Images(part, part, 10),
                        training,
                        RunRequest.Crew.ANY,
                        Optional.empty());
        return RunPlan.of(request.with(strategy));
    }
}
