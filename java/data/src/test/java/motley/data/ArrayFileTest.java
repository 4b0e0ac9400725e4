package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files beside this class were written by `tools/golden/arrays.py`.
final class ArrayFileTest {
    private static final String FLOATS =
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    @TempDir Path directory;

    @Test
    void floatsAreReadAndTheLastTenthIsForTesting() throws Exception {
        var file = ArrayFile.read(golden("regression.npz"));
        assertThat(file.train().count()).isEqualTo(11);
        assertThat(file.test().count()).isEqualTo(1);
        assertThat(file.train().inputType()).isEqualTo(TensorType.f32(2));
        assertThat(file.train().targetType()).isEqualTo(TensorType.f32());
        var x = Tensor.onHeap(TensorType.f32(3, 2));
        var y = Tensor.onHeap(TensorType.f32(3));
        file.train().copy(new int[] {10, 1}, x, y);
        assertThat(x.toFloats()).containsExactly(2.5f, 2.625f, 0.25f, 0.375f, 0, 0);
        assertThat(y.toFloats()).containsExactly(-5, -0.5f, 0);
        file.test().copy(new int[] {0}, x, y);
        assertThat(x.toFloats()).startsWith(2.75f, 2.875f);
        assertThat(y.toFloats()).startsWith(-5.5f);
    }

    @Test
    void integersAndTestArraysAreRead() throws Exception {
        var file = ArrayFile.read(golden("tokens.npz"));
        assertThat(file.train().inputType()).isEqualTo(TensorType.i32(3));
        var x = Tensor.onHeap(TensorType.i32(2, 3));
        var y = Tensor.onHeap(TensorType.i32(2));
        file.train().copy(new int[] {0, 1}, x, y);
        assertThat(x.toInts()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(y.toInts()).containsExactly(255, 0);
        file.test().copy(new int[] {0}, x, y);
        assertThat(x.toInts()).startsWith(7, 8, 9);
        assertThat(y.toInts()).startsWith(1);
    }

    @Test
    void whatIsNotUnderstoodIsNamed() throws Exception {
        assertRefused("complex.npz", "x: element type <c8 (expected: one of [f2, f4,");
        var text = Files.writeString(directory.resolve("text.npz"), "not a zip file");
        assertThatThrownBy(() -> ArrayFile.read(text)).hasMessageContaining("not a ZIP file");
        var none = directory.resolve("none.npz");
        assertThatThrownBy(() -> ArrayFile.read(none)).hasMessageEndingWith("missing");
    }

    private static void assertRefused(String name, String reason) {
        assertThatThrownBy(() -> ArrayFile.read(golden(name)))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(name + ": " + reason);
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        var whole = npy(FLOATS, 1, 2);
        assertThat(read(whole).toFloats()).containsExactly(1, 2);
        for (int length = 0; length < whole.length; length++) {
            var part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(part))
                    .as("%d bytes", length)
                    .isInstanceOf(DatasetException.class);
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length + 1)))
                .hasMessageContaining("longer than its header says (expected: ");
    }

    @Test
    void everyTruncatedArchiveIsRefused() throws Exception {
        var whole = Files.readAllBytes(golden("tokens.npz"));
        var file = directory.resolve("part.npz");
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ArrayFile.read(file)).isInstanceOf(DatasetException.class);
        }
    }

    /// No such array is ever allocated: the bytes are not there.
    @Test
    void hugeShapesAreRefused() {
        for (var shape : new String[] {"(268435456, 2)", "(2147483647,)"}) {
            assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", shape))))
                    .as(shape)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("(expected: 1 to 268435456 elements)");
        }
        for (var shape : new String[] {"(99999999999999999999,)", "(65536, 65536, 65536)"}) {
            assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", shape))))
                    .as(shape)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("(expected: under 2^31 rows");
        }
        assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", "(0, 3)"))))
                .hasMessageContaining("no rows (expected: at least 1)");
        assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", "(268435456,)"))))
                .hasMessageEndingWith("truncated in row 0 (expected: 268435456 rows)");
        assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", "(1 2,)"))))
                .isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> read(npy(FLOATS.replace("(2,)", "()"))))
                .hasMessageContaining("0 axes");
    }

    @Test
    void brokenHeadersAreRefused() {
        assertThatThrownBy(() -> read(npy("{}"))).hasMessageEndingWith("header without descr");
        for (var wrong :
                new String[] {
                    "__import__('os').system('x')",
                    FLOATS + "x",
                    FLOATS.replace("False", "(2,)"),
                    FLOATS.replace("}", "'more': True, }"),
                    FLOATS.replace("}", "'descr': '<f4', }"),
                    FLOATS.replace("'<f4'", "[('a', '<f4')]")
                }) {
            assertThatThrownBy(() -> read(npy(wrong)))
                    .as(wrong)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("header");
        }
        var version = npy(FLOATS, 1, 2);
        version[6] = 9;
        assertThatThrownBy(() -> read(version)).hasMessageContaining("version 9");
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertThatThrownBy(() -> read(npy(FLOATS, 1, Float.NaN)))
                .hasMessageContaining("row 1, element 0: NaN (expected: a finite f32)");
    }

    private static Tensor read(byte[] bytes) throws IOException {
        return NumpyArray.read("file", () -> new ByteArrayInputStream(bytes));
    }

    private static byte[] npy(String header, float... elements) {
        var text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(10 + text.length + 4 * elements.length);
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        bytes.putShort((short) text.length).put(text);
        for (float element : elements) bytes.putFloat(element);
        return bytes.array();
    }

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ArrayFileTest.class.getResource(name)).toURI());
    }
}
