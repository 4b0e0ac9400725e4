package motley.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import motley.interchange.MalformedFileException;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasModel;
import motley.interchange.keras.KerasWriter;
import motley.nn.Models;
import motley.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Keras files out again, and those that must not come in.
final class KerasFilesTest {
    @TempDir private Path folder;

    static Stream<Path> models() throws IOException {
        return files("keras").filter(file -> file.getFileName().toString().startsWith("m"));
    }

    static Stream<Path> hostile() throws IOException {
        return files("hostile").filter(file -> file.getFileName().toString().startsWith("bad"));
    }

    private static Stream<Path> files(String name) throws IOException {
        var resource = Objects.requireNonNull(KerasFilesTest.class.getResource(name));
        try (var all = Files.list(Path.of(resource.getPath()))) {
            return all.filter(f -> KerasFile.isFile(f.toString())).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatGoesOutComesInAgain(Path file) throws IOException {
        var before = KerasFile.read(file);
        var modern = folder.resolve("out.keras");
        Files.write(modern, KerasWriter.archive(before.saved(), before.state()));
        var after = KerasFile.read(modern);
        assertSame(before, after);
        assertThat(steps(after)).isEqualTo(steps(before));
        var legacy = folder.resolve("out.h5");
        Files.write(legacy, KerasWriter.legacy(before.saved()));
        assertSame(before, KerasFile.read(legacy));
    }

    private static Optional<Long> steps(KerasModel model) {
        return model.state().map(state -> state.steps());
    }

    private static void assertSame(KerasModel before, KerasModel after) {
        assertThat(after.saved().model()).isEqualTo(before.saved().model());
        assertThat(after.settings()).isEqualTo(before.settings());
        var weights = before.saved().weights();
        for (int i = 0; i < weights.size(); i++) {
            assertThat(bytes(after.saved().weights().get(i))).isEqualTo(bytes(weights.get(i)));
        }
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    /// Safetensors keep Keras' own description.
    @Test
    void trainedWeightsFindTheirWayBack() throws IOException {
        var read = KerasFile.read(models().findFirst().orElseThrow()).saved();
        var file = folder.resolve("weights.safetensors");
        read.write(file);
        assertThat(KerasWriter.archive(SavedModel.read(file), Optional.empty()))
                .isEqualTo(KerasWriter.archive(read, Optional.empty()));
    }

    /// Keras does not load an archive whose optimizer does not say its module; HDF5 leaves it out.
    @Test
    void optimizersOfLegacyFilesAreFoundAgain() throws IOException {
        var legacy = models().filter(file -> file.toString().endsWith("momentum.h5"));
        var read = KerasFile.read(legacy.findFirst().orElseThrow()).saved();
        var optimizer = read.keras().orElseThrow().replaceAll("(?s).*\"optimizer\":", "");
        assertThat(optimizer).contains("\"module\":\"keras.optimizers\"");
    }

    @Test
    void modelsThatKerasNeverSawAreRefused() {
        var model = Models.named("mnist-mlp");
        var weights = model.parameters().stream().map(s -> Tensor.onHeap(s.type())).toList();
        assertThatThrownBy(() -> KerasWriter.legacy(new SavedModel(model, weights)))
                .hasMessageContaining("is not from Keras");
    }

    /// Bombs, links to other files, cycles, damaged and truncated files: one line each.
    @ParameterizedTest
    @MethodSource("hostile")
    void hostileFilesAreRefusedInOneLine(Path file) {
        assertThatThrownBy(() -> KerasFile.read(file))
                .isInstanceOf(MalformedFileException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(400));
    }
}
