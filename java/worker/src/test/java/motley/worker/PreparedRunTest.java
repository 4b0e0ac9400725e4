package motley.worker;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import motley.data.SampleOrder;
import motley.program.reference.ReferenceEngine;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.Work;
import motley.wire.FromDevice.Result;
import motley.wire.RunManifest;
import motley.wire.encoding.ParameterHash;
import motley.worker.PreparedRun.Loading;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreparedRunTest {
    private static final int ELEMENTS = TinyRun.PIXELS * TinyRun.CLASSES;
    private static final PreparedRun.Version FIRST = new PreparedRun.Version(1, 1);

    @TempDir private Path directory;
    private final ReferenceEngine engine = new ReferenceEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void samplesComeInTheOrderOfTheEpoch() throws Exception {
        try (var run = open(4)) {
            load(run, FIRST, 0);
            for (int epoch = 0; epoch < 3; epoch++) {
                var order = new SampleOrder(TinyRun.SEED, epoch, TinyRun.TRAIN).samples(4, 4);
                var result = compute(run, new Work(Kind.TRAIN, epoch, 4, 4));
                double expected = 0;
                for (int row = 0; row < 4; row++) expected += (row + 1.0) * order[row];
                assertThat(result.lossSum()).isEqualTo(expected);
                assertThat(result.samples()).isEqualTo(4);
            }
        }
    }

    @Test
    void gradientIsTheSumOverTheSamples() throws Exception {
        try (var run = open(3)) {
            load(run, FIRST, 0);
            compute(run, new Work(Kind.TRAIN, 2, 0, 3));
            var order = new SampleOrder(TinyRun.SEED, 2, TinyRun.TRAIN).samples(0, 3);
            var sums = run.contribution().toArray(JAVA_FLOAT_UNALIGNED);
            for (int pixel = 0; pixel < TinyRun.PIXELS; pixel++) {
                double sum = 0; // Of floats, exact in double: that is what the engine rounds.
                for (int sample : order) sum += TinyRun.pixel(sample, pixel) / 255f;
                for (int c = 0; c < TinyRun.CLASSES; c++) {
                    assertThat(sums[pixel * TinyRun.CLASSES + c]).isEqualTo((float) sum);
                }
            }
        }
    }

    @Test
    void rowsBeyondTheSamplesDoNotChangeABit() throws Exception {
        var work = new Work(Kind.TRAIN, 1, 7, 3);
        try (var full = open(3);
                var padded = open(8)) {
            load(full, FIRST, 0.37f);
            load(padded, FIRST, 0.37f);
            compute(padded, new Work(Kind.TRAIN, 0, 0, 8)); // Leaves its samples in every row.
            var expected = compute(full, work);
            var actual = compute(padded, work);
            assertThat(actual.lossSum()).isEqualTo(expected.lossSum());
            assertThat(actual.correct()).isEqualTo(3);
            assertThat(padded.contribution().mismatch(full.contribution())).isEqualTo(-1);
        }
    }

    @Test
    void evaluationTakesTheTestSamplesInTheOrderOfTheFile() throws Exception {
        try (var run = open(4)) {
            load(run, FIRST, 1);
            var result = compute(run, new Work(Kind.EVALUATE, 5, 1, 3));
            double score = 0;
            int labels = 0;
            for (int sample = 1; sample < 4; sample++) {
                labels += TinyRun.label(sample);
                for (int i = 0; i < TinyRun.PIXELS; i++) {
                    score += TinyRun.CLASSES * (double) (TinyRun.pixel(sample, i) / 255f);
                }
            }
            assertThat(result.lossSum()).isEqualTo((float) score);
            assertThat(result.correct()).isEqualTo(labels);
        }
    }

    /// Both programs see each version, though it is read once.
    @Test
    void parametersAreReadOnceForEachVersion() throws Exception {
        try (var run = open(2)) {
            load(run, FIRST, 1);
            var before = compute(run, new Work(Kind.EVALUATE, 0, 0, 2)).lossSum();
            assertThat(run.load(FIRST, _ -> unexpected())).isEqualTo(Loading.DONE);
            load(run, new PreparedRun.Version(1, 2), 2);
            compute(run, new Work(Kind.TRAIN, 0, 0, 2));
            var after = compute(run, new Work(Kind.EVALUATE, 0, 0, 2)).lossSum();
            assertThat(after).isEqualTo(2 * before);
            load(run, new PreparedRun.Version(2, 2), 4); // The run changed its owner.
            assertThat(compute(run, new Work(Kind.EVALUATE, 0, 0, 2)).lossSum())
                    .isEqualTo(4 * before);
        }
    }

    /// A transfer that broke off used to leave a mixture under the old version's name.
    @Test
    void brokenTransferLeavesNoParameters() throws Exception {
        try (var run = open(2)) {
            load(run, FIRST, 1);
            var second = new PreparedRun.Version(1, 2);
            assertThatThrownBy(() -> run.load(second, into -> breakOff(into)))
                    .hasMessage("broken off");
            assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 0, 2)))
                    .hasMessage("parameters: none are loaded");
            load(run, FIRST, 3);
            assertThat(run.load(second, _ -> false)).isEqualTo(Loading.GONE);
            assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 0, 2)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /// Whatever damaged them: nothing is computed with others than were named.
    @Test
    void parametersOfAnotherHashAreNotLoaded() throws Exception {
        var right = Arena.ofAuto().allocate(4L * ELEMENTS, 4);
        fill(right, 3);
        var named = new PreparedRun.Version(1, 2, Optional.of(ParameterHash.of(right)));
        try (var run = open(2)) {
            load(run, FIRST, 1);
            assertThat(run.load(named, into -> damaged(into, 3))).isEqualTo(Loading.OTHERS);
            assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 0, 2)))
                    .hasMessage("parameters: none are loaded");
            assertThat(run.held(1)).isEmpty();
            load(run, named, 3);
            compute(run, new Work(Kind.TRAIN, 0, 0, 2));
            var other = new PreparedRun.Version(1, 2, Optional.of("0".repeat(64)));
            assertThat(run.load(other, into -> fill(into, 3))).isEqualTo(Loading.OTHERS);
        }
    }

    @Test
    void workBeyondTheDatasetOrTheBatchIsRefused() throws Exception {
        try (var run = open(4)) {
            load(run, FIRST, 0);
            assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 8, 4)))
                    .hasMessage("position: 10 (expected: in [0, 10))");
            assertThatThrownBy(() -> compute(run, new Work(Kind.EVALUATE, 0, 4, 2)))
                    .hasMessage("sample: 5 (expected: in [0, 5))");
            assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 0, 5)))
                    .hasMessage("count: 5 (expected: at most 4)");
        }
    }

    @Test
    void programsThatDoNotFitTheManifestAreRefused() throws Exception {
        var tiny = TinyRun.of("r", 4);
        var gradient = tiny.programs().gradient();
        var evaluate = tiny.programs().evaluate();
        var otherBatch = new PreparedRun.Programs(TinyRun.gradientProgram(5), evaluate);
        assertThatThrownBy(() -> open(tiny.manifest(), otherBatch))
                .hasMessageStartingWith("gradient params: [f32[4, 3], f32[5, 2, 2, 1]")
                .hasMessageContaining("(expected: [f32[4, 3], f32[4, 2, 2, 1]");
        var swapped = new PreparedRun.Programs(evaluate, gradient);
        assertThatThrownBy(() -> open(tiny.manifest(), swapped))
                .hasMessage("gradient program: too few params for run r");
        var twice = new PreparedRun.Programs(gradient, gradient);
        assertThatThrownBy(() -> open(tiny.manifest(), twice))
                .hasMessageStartingWith("evaluate params: ");
        var m = tiny.manifest();
        var larger =
                new RunManifest(
                        m.run(),
                        m.name(),
                        m.gradientProgram(),
                        m.evaluateProgram(),
                        m.dataset(),
                        m.microBatch(),
                        m.seed(),
                        ELEMENTS + 1);
        assertThatThrownBy(() -> open(larger, tiny.programs()))
                .hasMessage("parameterElements: 13 (expected: 12)");
    }

    @Test
    void closedRunComputesNothing() throws Exception {
        var run = open(2);
        load(run, FIRST, 0);
        run.close();
        assertThatThrownBy(() -> compute(run, new Work(Kind.TRAIN, 0, 0, 2)))
                .isInstanceOf(IllegalStateException.class);
    }

    private PreparedRun open(int microBatch) throws IOException {
        var tiny = TinyRun.of("r", microBatch);
        return PreparedRun.open(tiny.manifest(), tiny.programs(), tiny.samples(directory), engine);
    }

    private PreparedRun open(RunManifest manifest, PreparedRun.Programs programs)
            throws IOException {
        var samples = TinyRun.of("r", 4).samples(directory);
        return PreparedRun.open(manifest, programs, samples, engine);
    }

    private static Result compute(PreparedRun run, Work work) {
        return run.compute(work, 0, () -> 0);
    }

    private static void load(PreparedRun run, PreparedRun.Version version, float value)
            throws Exception {
        assertThat(run.load(version, into -> fill(into, value))).isEqualTo(Loading.DONE);
    }

    private static boolean fill(MemorySegment into, float value) {
        var values = new float[ELEMENTS];
        Arrays.fill(values, value);
        into.copyFrom(MemorySegment.ofArray(values));
        return true;
    }

    /// One bit is another.
    private static boolean damaged(MemorySegment into, float value) {
        fill(into, value);
        long last = into.byteSize() - 4;
        into.set(ValueLayout.JAVA_BYTE, last, (byte) (into.get(ValueLayout.JAVA_BYTE, last) ^ 1));
        return true;
    }

    private static boolean breakOff(MemorySegment into) throws IOException {
        into.asSlice(0, 4).fill((byte) 1);
        throw new IOException("broken off");
    }

    private static boolean unexpected() {
        throw new AssertionError("read again");
    }
}
