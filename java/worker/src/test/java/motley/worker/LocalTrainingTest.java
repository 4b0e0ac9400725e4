package motley.worker;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import motley.data.SampleOrder;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.reference.ReferenceEngine;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.LocalSteps;
import motley.wire.FromCoordinator.Replica;
import motley.wire.FromCoordinator.Work;
import motley.wire.RunManifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks of local steps, on a program whose steps can be added up by hand: `w ← w − rate·g`, with
/// the gradient `g` of [TinyRun], which does not depend on `w`; `s ← s + step` is its state, and
/// its loss is `s`.
final class LocalTrainingTest {
    private static final int BATCH = 2;
    private static final float RATE = 0.5f;

    @TempDir private Path directory;
    private final ReferenceEngine engine = new ReferenceEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void answerIsTheMoveTimesTheSamples() throws Exception {
        try (var run = open()) {
            load(run);
            var work = work(Optional.empty(), 0, 1);
            run.loadState(work.local().orElseThrow(), _ -> unexpected());
            run.compute(work, 0, () -> 0);
            var order = new SampleOrder(TinyRun.SEED, 1, TinyRun.TRAIN).samples(3, 5);
            var answer = run.contribution().toArray(JAVA_FLOAT_UNALIGNED);
            for (int pixel = 0; pixel < TinyRun.PIXELS; pixel++) {
                double sum = 0;
                for (int sample : order) sum += TinyRun.pixel(sample, pixel) / 255f;
                float expected = (float) (RATE * sum * 5);
                assertThat(answer[pixel * TinyRun.CLASSES]).isCloseTo(expected, within(1e-4f));
            }
        }
    }

    /// Three steps from a state of 10 that has seen 100: 10 + 101, + 102, + 103 on the way.
    @Test
    void stateIsTheSharedOneInEveryTask() throws Exception {
        var file = directory.resolve("state");
        Files.write(file, new byte[] {0, 0, 0x20, 0x41}); // 10, little-endian
        try (var run = open()) {
            load(run);
            var work = work(Optional.of("a"), 100, 1);
            for (int again = 0; again < 2; again++) {
                run.loadState(work.local().orElseThrow(), _ -> file);
                assertThat(run.compute(work, 0, () -> 0).lossSum())
                        .isEqualTo(111.0 + 213.0 + 316.0);
            }
            var cold = work(Optional.empty(), 0, 1);
            run.loadState(cold.local().orElseThrow(), _ -> unexpected());
            assertThat(run.compute(cold, 0, () -> 0).lossSum()).isEqualTo(1.0 + 3.0 + 6.0);
            Files.write(file, new byte[8]);
            var other = work(Optional.of("b"), 100, 1).local().orElseThrow();
            assertThatThrownBy(() -> run.loadState(other, _ -> file))
                    .hasMessage("optimizer state: 8 bytes (expected: 4)");
        }
    }

    @Test
    void everyPassMovesAndTheFirstIsReported() throws Exception {
        try (var run = open()) {
            load(run);
            var once = work(Optional.empty(), 0, 1);
            run.compute(once, 0, () -> 0);
            float single = run.contribution().toArray(JAVA_FLOAT_UNALIGNED)[0];
            var twice = run.compute(work(Optional.empty(), 0, 2), 0, () -> 0);
            float both = run.contribution().toArray(JAVA_FLOAT_UNALIGNED)[0];
            assertThat(both).isCloseTo(2 * single, within(1e-4f));
            assertThat(twice.lossSum()).isEqualTo(1.0 + 3.0 + 6.0);
            assertThat(twice.samples()).isEqualTo(5);
        }
    }

    /// Two parts of six elements: each answer is the move since the part was synchronised last,
    /// what was published takes its place, and the optimizer's state goes on.
    @Test
    void copyGoesOnFromTaskToTask() throws Exception {
        try (var run = open()) {
            load(run, 1, 1, 0, 0);
            float once = answer(run, 0)[0];
            assertThat(once).isGreaterThan(0);

            load(run, 1, 2, 9, 0);
            var second = answer(run, 1);
            assertThat(second).hasSize(6);
            float move = RATE * 5 * pixels(2);
            assertThat(second[0]).isCloseTo(2 * move, within(1e-3f));

            load(run, 1, 3, 9, 7);
            assertThat(answer(run, 2)[0]).isCloseTo(2 * once, within(1e-3f));
            assertThat(run.compute(copyWork(3), 0, () -> 0).lossSum()).isEqualTo(55 + 66 + 78);
        }
    }

    /// A second task of a round has a copy of its own, and so has another owner of the run.
    @Test
    void copiesBeginAnew() throws Exception {
        try (var run = open()) {
            load(run, 1, 1, 0, 0);
            float once = answer(run, 0)[0];
            assertThat(answer(run, 0)[0]).isEqualTo(once);
            load(run, 2, 2, 0, 0);
            assertThat(run.compute(copyWork(1), 0, () -> 0).lossSum()).isEqualTo(1 + 3 + 6);
            float move = RATE * 5 * pixels(2);
            assertThat(run.contribution().toArray(JAVA_FLOAT_UNALIGNED)[0])
                    .isCloseTo(move, within(1e-3f));
        }
    }

    @Test
    void partsOfAnotherModelAreRefused() throws Exception {
        try (var run = open()) {
            load(run, 1, 1, 0, 0);
            var replica = Optional.of(new Replica(0, List.of(6, 13)));
            var steps = new LocalSteps(Optional.empty(), 0, 0, 1, rates(1), replica);
            var work = new Work(Kind.TRAIN, 1, 3, 5, Optional.of(steps));
            assertThatThrownBy(() -> run.compute(work, 0, () -> 0))
                    .hasMessage("replica: 13 elements (expected: 12)");
        }
    }

    private static float[] answer(PreparedRun run, int number) {
        run.compute(copyWork(number), 0, () -> 0);
        return run.contribution().toArray(JAVA_FLOAT_UNALIGNED);
    }

    private static Work copyWork(int number) {
        var replica = Optional.of(new Replica(number, List.of(6, 12)));
        var steps = new LocalSteps(Optional.empty(), 0, 0, 1, rates(1), replica);
        return new Work(Kind.TRAIN, 1, 3, 5, Optional.of(steps));
    }

    private static float pixels(int pixel) {
        float sum = 0;
        for (int sample : new SampleOrder(TinyRun.SEED, 1, TinyRun.TRAIN).samples(3, 5)) {
            sum += TinyRun.pixel(sample, pixel) / 255f;
        }
        return sum;
    }

    /// @param first what the first six parameters are
    /// @param second what the others are
    private static void load(PreparedRun run, long fence, long version, float first, float second)
            throws Exception {
        var loaded =
                run.load(
                        new PreparedRun.Version(fence, version),
                        into -> {
                            for (int i = 0; i < 12; i++) {
                                float value = i < 6 ? first : second;
                                into.setAtIndex(JAVA_FLOAT_UNALIGNED, i, value);
                            }
                            return true;
                        });
        assertThat(loaded).isEqualTo(PreparedRun.Loading.DONE);
    }

    @Test
    void whatDoesNotFitIsRefused() throws Exception {
        try (var run = open()) {
            load(run);
            var steps = new LocalSteps(Optional.empty(), 0, 0, 1, List.of(RATE, RATE));
            var work = new Work(Kind.TRAIN, 1, 3, 5, Optional.of(steps));
            assertThatThrownBy(() -> run.compute(work, 0, () -> 0))
                    .hasMessage("learningRates: 2 (expected: at least 3, one a step)");
        }
        var wrong = new PreparedRun.Programs(gradient(), evaluate(), Optional.of(gradient()));
        assertThatThrownBy(() -> open(wrong)).hasMessageStartingWith("local program: 6 params");
        var none = new PreparedRun.Programs(gradient(), evaluate());
        try (var run = open(none)) {
            load(run);
            assertThatThrownBy(() -> run.compute(work(Optional.empty(), 0, 1), 0, () -> 0))
                    .hasMessage("local program: none (expected: one)");
        }
    }

    /// Five samples in steps of two: three steps a pass.
    private static Work work(Optional<String> state, int seen, int passes) {
        var steps = new LocalSteps(state, seen, 0, passes, rates(passes));
        return new Work(Kind.TRAIN, 1, 3, 5, Optional.of(steps));
    }

    private static List<Float> rates(int passes) {
        return Collections.nCopies(3 * passes, RATE);
    }

    private PreparedRun open() throws IOException {
        return open(new PreparedRun.Programs(gradient(), evaluate(), Optional.of(step())));
    }

    private PreparedRun open(PreparedRun.Programs programs) throws IOException {
        var tiny = TinyRun.of("r", BATCH);
        RunManifest manifest = tiny.manifest();
        return PreparedRun.open(manifest, programs, tiny.samples(directory), engine);
    }

    private static void load(PreparedRun run) throws Exception {
        var version = new PreparedRun.Version(1, 1);
        assertThat(run.load(version, into -> into.fill((byte) 0) != null))
                .isEqualTo(PreparedRun.Loading.DONE);
    }

    private static Program gradient() {
        return TinyRun.gradientProgram(BATCH);
    }

    private static Program evaluate() {
        return TinyRun.evaluateProgram(BATCH);
    }

    private static Program step() {
        var b = new ProgramBuilder();
        var w = b.param(TinyRun.PARAMETERS);
        var state = b.param(TensorType.f32());
        var rate = b.param(TensorType.f32());
        var number = b.param(TensorType.f32());
        var images = b.param(TensorType.f32(BATCH, 2, 2, 1));
        b.param(TensorType.i32(BATCH));
        var weights = b.param(TensorType.f32(BATCH));
        b.param(TensorType.i32(BATCH));
        b.param(TensorType.i32(2));
        var rows = b.reshape(images, Shape.of(BATCH, TinyRun.PIXELS));
        var spread = b.alongOutermost(weights, Shape.of(BATCH, TinyRun.CLASSES));
        var gradient = b.matmul(b.transpose(rows, 1, 0), spread);
        var moved = b.sub(w, b.mul(b.spread(rate, TinyRun.PARAMETERS.shape()), gradient));
        var next = b.add(state, number);
        return b.build(List.of(moved, next, next, b.sumAll(weights)));
    }

    private static Path unexpected() {
        throw new AssertionError("fetched");
    }
}
