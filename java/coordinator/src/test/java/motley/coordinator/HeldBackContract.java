package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import motley.coordinator.storage.RunRow.Status;
import motley.data.SampleOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A share of the samples to learn from is held back: judged by, and never learnt from.
@Timeout(240)
final class HeldBackContract {
    private static final int EPOCHS = 2;
    private static final int HELD = 25;
    private static final int LEARNED = TestHome.TRAIN - HELD;

    @TempDir private Path folder;
    private Coordinator coordinator;

    @BeforeEach
    void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).open();
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    /// Other pixels in any sample that is learnt from would be other weights.
    @Test
    void weightsDependOnWhatIsLearntFromAlone() throws Exception {
        var held = held(7);
        var honest = TestDevice.Settings.honest("a");
        var usual = train(request(Set.of(), 0.25), honest);
        assertThat(usual.status()).isEqualTo(Status.FINISHED);
        assertThat(usual.progress().samplesDone()).isEqualTo((long) EPOCHS * LEARNED);
        var evaluation = usual.lastEvaluation().orElseThrow();
        assertThat(evaluation.samples()).isEqualTo(HELD);

        var others = train(request(held, 0.25), honest);
        assertThat(others.weightsSha256()).isEqualTo(usual.weightsSha256());
        assertThat(others.lastEvaluation().orElseThrow().loss()).isNotEqualTo(evaluation.loss());

        var learned = new TreeSet<Integer>();
        for (int i = 0; i < TestHome.TRAIN; i++) if (!held.contains(i)) learned.add(i);
        var one = train(request(Set.of(learned.first()), 0.25), honest);
        assertThat(one.weightsSha256()).isNotEqualTo(usual.weightsSha256());
        assertThat(one.lastEvaluation().orElseThrow().samples()).isEqualTo(HELD);
    }

    @Test
    void weightsDoNotDependOnTheDevices() throws Exception {
        var request = request(Set.of(), 0.25);
        var alone = train(request, TestDevice.Settings.honest("a"));
        var thin = TestDevice.Settings.honest("b").asBrowser("f32");
        var served = train(request, thin);
        assertThat(served.weightsSha256()).isEqualTo(alone.weightsSha256());
        assertThat(served.lastEvaluation().orElseThrow().loss())
                .isEqualTo(alone.lastEvaluation().orElseThrow().loss());
        var three =
                train(
                        request,
                        thin,
                        TestDevice.Settings.honest("c").withSharedMemory(),
                        TestDevice.Settings.honest("d"));
        assertThat(three.weightsSha256()).isEqualTo(alone.weightsSha256());
    }

    /// Or it would learn from what its ancestor was judged by.
    @Test
    void runThatGoesOnWithAnotherSeedHoldsTheSameBack() throws IOException {
        var request = request(Set.of(), 0.25);
        assertThat(RunRequestJson.parse(RunRequestJson.write(request).toString()))
                .isEqualTo(request);
        var later = RunRequestJson.changed(request, "{\"seed\":99,\"epochs\":5}");
        assertThat(later.training().seed()).isEqualTo(99);
        assertThat(later.dataset()).isEqualTo(request.dataset());
        var fields = RunRequestJson.write(request(Set.of(), 0.25)).without("validationSeed");
        var project = (com.fasterxml.jackson.databind.node.ObjectNode) fields;
        ProjectFields.keepHeldBack(project);
        assertThat(RunRequestJson.parse(project.put("seed", 99).toString()).dataset())
                .isEqualTo(request.dataset());
    }

    @Test
    void sharesThatCannotBeHeldBackAreRefused() throws IOException {
        var fields = RunRequestJson.write(TestHome.request(coordinator, 1));
        for (var share : new double[] {0, -0.1, 0.91, 1, Double.NaN}) {
            assertThatThrownBy(() -> RunRequest.HeldBack.of(request(), share, 1))
                    .hasMessageStartingWith("validationShare: ")
                    .hasMessageContaining("(expected: above 0, at most 0.9)");
        }
        assertThatThrownBy(
                        () -> RunRequestJson.parse(fields.deepCopy().put("validationSeed", 1) + ""))
                .hasMessage("validationSeed: 1 (expected: no seed without a share)");
        var most = fields.deepCopy().put("validationShare", 0.9).put("batchSize", 32);
        assertThatThrownBy(() -> RunRequestJson.parse(most.toString()))
                .hasMessage("batchSize: 32 (expected: at most trainSamples, 10)");
        var own = fields.deepCopy().put("validationShare", 0.1).put("strategy", "local");
        own.put("tasks", 1).withObject("dataset").putObject("onDevices").put("name", "x");
        assertThatThrownBy(() -> RunRequestJson.parse(own.toString()))
                .hasMessageEndingWith("(expected: none where data stay on devices)");
    }

    private RunRequest.Dataset request() throws IOException {
        return TestHome.request(coordinator, 1).dataset();
    }

    /// The samples that are held back, by the rule as the protocol has it.
    private static Set<Integer> held(long seed) {
        var order = new SampleOrder(seed, Integer.MAX_VALUE, TestHome.TRAIN);
        var held = new TreeSet<Integer>();
        for (int sample : order.samples(LEARNED, HELD)) held.add(sample);
        assertThat(held).hasSize(HELD);
        return held;
    }

    /// @param changed samples whose pixels are others
    private RunRequest request(Set<Integer> changed, double share) throws IOException {
        var usual = TestHome.request(coordinator, EPOCHS);
        var random = new SplittableRandom(11);
        var images = ByteBuffer.allocate(16 + TestHome.TRAIN * 784);
        images.putInt(0x803).putInt(TestHome.TRAIN).putInt(28).putInt(28);
        for (int i = 0; i < TestHome.TRAIN; i++) {
            int turn = changed.contains(i) ? 255 : 0;
            for (int p = 0; p < 784; p++) images.put((byte) (random.nextInt(256) ^ turn));
        }
        var given = (RunRequest.Images) usual.dataset();
        var train =
                new RunRequest.Part(put(images), given.train().labels(), given.train().samples());
        var dataset = new RunRequest.Images(train, given.test(), given.classes());
        return usual.with(RunRequest.HeldBack.of(dataset, share, usual.training().seed()));
    }

    private String put(ByteBuffer bytes) throws IOException {
        try (var blob = coordinator.writeBlob()) {
            blob.append(bytes.flip());
            return blob.commit();
        }
    }

    private RunView train(RunRequest request, TestDevice.Settings... crew) throws Exception {
        return TestDevice.train(coordinator, request, folder, crew);
    }
}
