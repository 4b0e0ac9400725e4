package motley.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The golden files are written by tools/golden/safetensors_files.py.
final class SafetensorsTest {
    @TempDir private Path folder;

    @Test
    void readsWhatPythonWrote() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var file = Safetensors.read(golden("all-types"), arena);
            assertThat(file.metadata()).containsExactly(Map.entry("model", "tiny"));
            assertThat(file.tensors().keySet())
                    .containsExactly("conv1.bias", "conv1.weight", "größe \"q\"", "step", "mask");
            var weight = file.tensors().get("conv1.weight");
            assertThat(weight.type()).isEqualTo(TensorType.f32(3, 1, 2, 2));
            for (int i = 0; i < 12; i++) assertThat(weight.getFloat(i)).isEqualTo(i / 8f);
            assertThat(file.tensors().get("conv1.bias").toFloats())
                    .containsExactly(-0f, Float.POSITIVE_INFINITY, Float.MIN_VALUE);
            assertThat(file.tensors().get("größe \"q\"").toInts())
                    .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE);
            var step = file.tensors().get("step");
            assertThat(step.type()).isEqualTo(TensorType.i32());
            assertThat(step.getInt(0)).isEqualTo(41);
            var mask = file.tensors().get("mask");
            assertThat(mask.type()).isEqualTo(TensorType.bool(1, 3));
            assertThat(mask.getBoolean(0)).isTrue();
            assertThat(mask.getBoolean(1)).isFalse();
        }
    }

    @Test
    void writesThePythonLibrarysBytes() throws IOException {
        var written = folder.resolve("written.safetensors");
        try (var arena = Arena.ofConfined()) {
            var file = Safetensors.read(golden("all-types"), arena);
            Safetensors.write(written, file.tensors(), file.metadata());
        }
        assertThat(written).hasSameBinaryContentAs(golden("all-types"));
    }

    @Test
    void emptyFileOfNoTensorsIsLegal() throws IOException {
        var file = folder.resolve("none.safetensors");
        Safetensors.write(file, Map.of(), Map.of());
        try (var arena = Arena.ofConfined()) {
            assertThat(Safetensors.read(file, arena).tensors()).isEmpty();
        }
    }

    @Test
    void refusesOtherElementTypesByName() {
        assertRefused(golden("half"), "half: element type F16 (expected: one of [F32, I32, BOOL])");
    }

    /// A reader that has the old file mapped keeps it; a new reader sees only the new one.
    @Test
    void writeReplacesTheWholeFile() throws IOException {
        var file = folder.resolve("weights.safetensors");
        Safetensors.write(file, Map.of("w", Tensor.ofFloats(Shape.of(2), 1, 2)), Map.of());
        try (var arena = Arena.ofConfined()) {
            var before = Safetensors.read(file, arena).tensors().get("w");
            Safetensors.write(file, Map.of("w", Tensor.ofFloats(Shape.of(1), 3)), Map.of());
            assertThat(before.toFloats()).containsExactly(1, 2);
            var after = Safetensors.read(file, arena).tensors().get("w");
            assertThat(after.toFloats()).containsExactly(3);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void failedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        var file = folder.resolve("weights.safetensors");
        var tensor = Tensor.ofFloats(Shape.of(2), 1, 2);
        Safetensors.write(file, Map.of("w", tensor), Map.of());
        var before = Files.readAllBytes(file);
        var arena = Arena.ofConfined();
        var closed = Tensor.allocate(TensorType.f32(2), arena);
        arena.close();
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("w", closed), Map.of()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", tensor), Map.of()))
                .hasMessage("tensor: __metadata__ (expected: another name)");
        assertThat(file).hasBinaryContent(before);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        var whole = Files.readAllBytes(golden("all-types"));
        var cut = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertRefused(cut, "");
        }
        Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
        assertRefused(cut, "76 bytes of elements (expected: 75, as its header says)");
    }

    @Test
    void hostileHeaderLengthIsRefusedBeforeItIsRead() throws IOException {
        var file = folder.resolve("long.safetensors");
        for (long length : new long[] {Long.MIN_VALUE, -1, 0, 1, 1L << 40, Integer.MAX_VALUE}) {
            var bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            Files.write(file, bytes.put((byte) '{').put((byte) '}').array());
            assertRefused(file, "header of " + Long.toUnsignedString(length) + " bytes");
        }
    }

    /// Headers in front of 8 bytes of elements, and what is wrong with each. `F32` and `@` stand
    /// for the field `"dtype":"F32"` and the name `"data_offsets"`.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            textBlock =
                    """
                    [] | does not begin with {
                    {"a":1} | VALUE_NUMBER_INT (expected: START_OBJECT)
                    {"a":{F32,"shape":[2]}} | fields [dtype, shape]
                    {"a":{F32,"shape":[2],@:[0,8],"x":[[1]]}} | unknown field x
                    {"a":{F32,"shape":[2],"shape":[2],@:[0,8]}} | Duplicate
                    {"a":{F32,"shape":[1],@:[0,4]},"a":{}} | Duplicate
                    {"a":{F32,"shape":[2],@:[0,8,8]}} | (expected: 2)
                    {"a":{F32,"shape":[2],@:[0,4]}} | (expected: 8 bytes for f32[2])
                    {"a":{F32,"shape":[2],@:[8,0]}} | (expected: 8 bytes for f32[2])
                    {"a":{F32,"shape":[3],@:[-4,8]}} | (expected: not negative)
                    {"a":{F32,"shape":[0],@:[0,0]}} | every dimension at least 1
                    {"a":{F32,"shape":[65536,65536],@:[0,8]}} | under 2^31
                    {"a":{F32,"shape":[4294967298],@:[0,8]}} | overflow
                    {"a":{F32,"shape":[2.0],@:[0,8]}} | VALUE_NUMBER_FLOAT
                    {"a":{F32,"shape":[2],@:[0,99999999999999999999]}} | out of range
                    {"a":{F32,"shape":[1],@:[4,8]}} | begins at byte 4 (expected: 0
                    {"a":{F32,"shape":[2],@:[0,8]},"b":{F32,"shape":[1],@:[4,8]}} | at byte 4
                    {"a":{F32,"shape":[3],@:[0,12]}} | 8 bytes of elements (expected: 12
                    {"a":{F32,"shape":[1],@:[0,4]}} | 8 bytes of elements (expected: 4
                    {"__metadata__":{"a":1}} | VALUE_NUMBER_INT (expected: VALUE_STRING)
                    {} {} | more than one value
                    {"a":[[[[[[1]]]]]]} | (expected: START_OBJECT)
                    {"a" | header:
                    """)
    void malformedHeaderIsRefused(String shorthand, String problem) throws IOException {
        var dtype = shorthand.replace("F32", "\"dtype\":\"F32\"");
        var header = dtype.replace("@", "\"data_offsets\"").getBytes(UTF_8);
        var bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        var file = folder.resolve("malformed.safetensors");
        Files.write(file, bytes.putLong(header.length).put(header).array());
        assertRefused(file, problem);
    }

    private static void assertRefused(Path file, String problem) {
        try (var arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Safetensors.read(file, arena))
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining(problem);
        }
    }

    private static Path golden(String name) {
        try {
            return Path.of(SafetensorsTest.class.getResource(name + ".safetensors").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
