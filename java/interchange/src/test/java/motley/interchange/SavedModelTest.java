package motley.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import motley.nn.Layer.BatchNorm;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Relu;
import motley.nn.Loss;
import motley.nn.Model;
import motley.nn.Models;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models with their weights, as files.
final class SavedModelTest {
    private static final Model MODEL =
            Model.sequential(
                            "small",
                            TensorType.f32(4),
                            new Dense(8),
                            new BatchNorm(),
                            new Relu(),
                            new Dense(3))
                    .with(new Loss.CrossEntropy(0.1));

    @TempDir private Path folder;

    @Test
    void modelAndBitsComeBack() throws IOException {
        var file = folder.resolve("new").resolve("small.safetensors");
        var weights = weights(MODEL);
        new SavedModel(MODEL, weights).write(file);
        var saved = SavedModel.read(file);
        assertThat(saved.model()).isEqualTo(MODEL);
        assertSameBits(saved.weights(), weights);
        assertSameBits(SavedModel.read(file, MODEL.with(new Loss.Hinge())).weights(), weights);
    }

    /// As files were before they described their models.
    @Test
    void nameOfAModelIsEnough() throws IOException {
        var model = Models.named("mnist-mlp");
        var saved = new SavedModel(model, weights(model));
        var file = folder.resolve("named.safetensors");
        Safetensors.write(file, saved.tensors(), Map.of("model", "mnist-mlp"));
        assertThat(SavedModel.read(file).model()).isEqualTo(model);
        assertSameBits(SavedModel.read(file).weights(), saved.weights());
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        var file = folder.resolve("small.safetensors");
        var saved = new SavedModel(MODEL, weights(MODEL));
        Safetensors.write(file, saved.tensors(), Map.of());
        assertRefused(file, "does not say which model its weights are for");
        Safetensors.write(file, saved.tensors(), Map.of("model", "gpt-huge"));
        assertRefused(file, "model: gpt-huge (expected: one of");
        Safetensors.write(file, saved.tensors(), Map.of("model.json", "{}"));
        assertRefused(file, "motley-model: missing");
        var wide = Model.sequential("wide", TensorType.f32(4), new Dense(9), new Dense(3));
        Safetensors.write(file, saved.tensors(), SavedModel.metadata(wide));
        assertRefused(file, "tensor dense1.weight is f32[4, 8] (expected: f32[4, 9], for wide)");
        Safetensors.write(file, Map.of(), SavedModel.metadata(MODEL));
        assertRefused(file, "tensor dense1.weight is missing");
        assertThatThrownBy(() -> new SavedModel(wide, saved.weights()))
                .hasMessage("weights: 8 tensors (expected: 4)");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        var file = folder.resolve("small.safetensors");
        new SavedModel(MODEL, weights(MODEL)).write(file);
        var whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(file, "");
        }
    }

    private static void assertRefused(Path file, String problem) {
        assertThatThrownBy(() -> SavedModel.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem);
    }

    private static List<Tensor> weights(Model model) {
        var tensors = model.parameters().stream().map(p -> Tensor.onHeap(p.type())).toList();
        int bits = 1;
        for (var tensor : tensors) {
            for (int i = 0; i < tensor.shape().count(); i++) {
                bits = bits * 0x7FEB352D + 1;
                tensor.setFloat(i, Float.intBitsToFloat(bits));
            }
        }
        return tensors;
    }

    private static void assertSameBits(List<Tensor> actual, List<Tensor> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).type()).isEqualTo(expected.get(i).type());
            assertThat(actual.get(i).data().mismatch(expected.get(i).data())).isEqualTo(-1);
        }
        assertThat(actual).hasSameSizeAs(expected);
    }
}
