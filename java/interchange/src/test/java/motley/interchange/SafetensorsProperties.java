package motley.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Laws over random files; a failure names its seed.
final class SafetensorsProperties {
    private static final List<DType> DTYPES = List.of(DType.values());

    @TempDir private Path folder;

    /// Tensors come back with their types and bits, metadata as it was, and writing what was read
    /// gives the same bytes.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatIsWrittenIsRead(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var tensors = randomTensors(random);
        var metadata = Map.of("seed", Long.toString(seed), "text", "\"\\ \n\t\u0001é😀");
        var first = folder.resolve("first.safetensors");
        var second = folder.resolve("second.safetensors");
        Safetensors.write(first, tensors, metadata);
        try (var arena = Arena.ofConfined()) {
            var file = Safetensors.read(first, arena);
            assertThat(file.metadata()).isEqualTo(metadata);
            assertThat(file.tensors()).containsOnlyKeys(tensors.keySet());
            tensors.forEach((name, tensor) -> assertSameBits(file.tensors().get(name), tensor));
            Safetensors.write(second, file.tensors(), file.metadata());
        }
        assertThat(second).hasSameBinaryContentAs(first);
    }

    /// One flipped byte anywhere either leaves a file that reads without surprise or is refused as
    /// malformed; nothing else is ever thrown.
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void flippedBytesAreReadOrRefused(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var file = folder.resolve("flipped.safetensors");
        Safetensors.write(file, randomTensors(random), Map.of());
        var bytes = Files.readAllBytes(file);
        for (int i = 0; i < 300; i++) {
            var flipped = bytes.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            try (var arena = Arena.ofConfined()) {
                assertThat(Safetensors.read(file, arena).metadata()).isEmpty();
            } catch (MalformedFileException e) {
                assertThat(e).hasMessageStartingWith(file + ": ");
            }
        }
    }

    private static Map<String, Tensor> randomTensors(SplittableRandom random) {
        var tensors = new HashMap<String, Tensor>();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            var dtype = DTYPES.get(random.nextInt(DTYPES.size()));
            var dims = random.ints(random.nextInt(4), 1, 6).boxed().toList();
            var tensor = Tensor.onHeap(new TensorType(dtype, new Shape(dims)));
            var bytes = tensor.data().asByteBuffer();
            while (bytes.hasRemaining()) {
                bytes.put((byte) (dtype == DType.BOOL ? random.nextInt(2) : random.nextInt()));
            }
            tensors.put("tensor-" + random.nextInt(1000), tensor);
        }
        return tensors;
    }

    private static void assertSameBits(Tensor actual, Tensor expected) {
        assertThat(actual.type()).isEqualTo(expected.type());
        assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
    }
}
