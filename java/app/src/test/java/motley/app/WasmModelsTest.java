package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.cpu.ConvolutionMethod;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.nn.TrainingPrograms;
import motley.program.Program;
import motley.program.reference.Accuracy;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Sample;
import motley.programs.Seeds;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wasm.NodeEngine;
import motley.wasm.NodeProcess;
import motley.wasm.WasmCompiler;
import motley.wasm.WasmFeatures;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Gradients of the built-in models as WebAssembly, beside the JVM engine and the reference.
final class WasmModelsTest {
    private static final CpuSettings DIRECT =
            new CpuSettings(2).withConvolution(ConvolutionMethod.DIRECT);

    private static final int SEEDS = 10;

    private static NodeProcess node;

    @BeforeAll
    static void start() {
        node = NodeProcess.start();
    }

    @AfterAll
    static void end() {
        node.close();
    }

    /// Where multiply-adds round once, both engines are of one numeric class.
    @ParameterizedTest
    @CsvSource({"mnist-mlp, 5", "mnist-cnn, 3", "resnet-small, 3", "lstm, 3", "gpt-small, 1"})
    void fusedPlansHaveTheBitsOfTheJvmEngine(String model, int batch) {
        assumeTrue(node.features().relaxedSimd(), "this Node has no relaxed SIMD");
        var program = TrainingPrograms.gradient(Models.named(model), batch).program();
        var params = params(program);
        try (var cpu = CpuEngine.open(DIRECT);
                var wasm = new NodeEngine(node, WasmFeatures.FUSED)) {
            assertThat(wasm.numericClass()).isEqualTo(cpu.numericClass());
            var expected = cpu.run(program, params);
            var found = wasm.run(program, params);
            for (int r = 0; r < expected.size(); r++) {
                assertThat(sameBits(found.get(r), expected.get(r))).as("result %d", r).isTrue();
            }
        }
    }

    /// Who computes what is all that threads decide.
    @ParameterizedTest
    @CsvSource({"mnist-mlp, 5, 2", "mnist-cnn, 20, 2", "mnist-cnn, 3, 4", "gpt-small, 1, 3"})
    void threadsChangeNoBit(String model, int batch, int threads) {
        var program = TrainingPrograms.gradient(Models.named(model), batch).program();
        var params = params(program);
        var features = node.features();
        try (var alone = new NodeEngine(node, features);
                var together = new NodeEngine(node, features.withThreads(threads))) {
            assertThat(together.numericClass()).isEqualTo(alone.numericClass());
            var expected = alone.run(program, params);
            var found = together.run(program, params);
            for (int r = 0; r < expected.size(); r++) {
                assertThat(sameBits(found.get(r), expected.get(r))).as("result %d", r).isTrue();
            }
        }
    }

    /// Every operation by itself, and programs of several.
    @Test
    void fusedPlansOfRandomProgramsHaveTheBitsOfTheJvmEngine() {
        assumeTrue(node.features().relaxedSimd(), "this Node has no relaxed SIMD");
        try (var cpu = CpuEngine.open(DIRECT);
                var wasm = new NodeEngine(node, WasmFeatures.FUSED)) {
            Seeds.forEach(
                    SEEDS,
                    getClass(),
                    "fusedPlansOfRandomProgramsHaveTheBitsOfTheJvmEngine",
                    seed -> {
                        var samples = new ArrayList<Sample>();
                        samples.addAll(
                                RandomPrograms.everyOperation(seed, Options.forLargeValues()));
                        samples.add(RandomPrograms.generate(seed, Options.forEngines()));
                        for (var sample : samples) requireSameBits(cpu, wasm, sample);
                    });
        }
    }

    private static void requireSameBits(CpuEngine cpu, NodeEngine wasm, Sample sample) {
        var params = sample.tensors().toArray(Tensor[]::new);
        var expected = cpu.run(sample.program(), params);
        var found = wasm.run(sample.program(), params);
        for (int r = 0; r < expected.size(); r++) {
            assertThat(sameBits(found.get(r), expected.get(r)))
                    .as("result %d of %s", r, sample.program())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist-mlp", "mnist-cnn"})
    void plainPlansAreWithinTheBoundOfTheReference(String model) {
        var program = TrainingPrograms.gradient(Models.named(model), 1).program();
        var params = params(program);
        var operands = List.of(params).stream().map(Values::of).toList();
        var bounds = ErrorBound.evaluate(program, operands, Accuracy.FLOAT32);
        try (var wasm = new NodeEngine(node, WasmFeatures.PLAIN)) {
            var found = wasm.run(program, params);
            for (int r = 0; r < bounds.size(); r++) {
                var values = Values.of(found.get(r));
                for (int i = 0; i < values.count(); i++) {
                    assertThat(bounds.get(r).contains(i, values.get(i)))
                            .as("result %d, element %d: %s", r, i, values.get(i))
                            .isTrue();
                }
            }
        }
    }

    /// Classes that give different bits have different names.
    @Test
    void plainPlansAreAClassOfTheirOwn() {
        try (var cpu = CpuEngine.open(DIRECT)) {
            assertThat(WasmCompiler.numericClass(WasmFeatures.PLAIN))
                    .isNotEqualTo(cpu.numericClass());
        }
    }

    private static Tensor[] params(Program program) {
        var random = new SplittableRandom(3);
        return program.params().stream().map(p -> draw(p.type(), random)).toArray(Tensor[]::new);
    }

    private static Tensor draw(TensorType type, SplittableRandom random) {
        var tensor = Tensor.onHeap(type);
        for (int i = 0; i < type.shape().count(); i++) {
            switch (type.dtype()) {
                case F32 -> tensor.setFloat(i, (float) random.nextDouble(-0.1, 0.1));
                case I32 -> tensor.setInt(i, random.nextInt(10));
                case BOOL -> tensor.setBoolean(i, random.nextBoolean());
            }
        }
        return tensor;
    }

    private static boolean sameBits(Tensor some, Tensor other) {
        return switch (some.type().dtype()) {
            case F32 -> java.util.Arrays.equals(some.toFloats(), other.toFloats());
            case I32, BOOL -> some.data().mismatch(other.data()) == -1;
        };
    }
}
