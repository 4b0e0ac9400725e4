package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One example of each format, and of each thing that is refused. The files in `hostile` come with
/// the project's fixtures; their values are NumPy's.
final class SampleFilesTest {
    private static final SampleFiles.Options USUAL = SampleFiles.Options.USUAL;

    @TempDir Path folder;

    @Test
    void arraysOfEveryKindAreRead() throws Exception {
        assertInputs("ok_float16.npy", -14.0625, -33.40625, -52.75, -19.546875, 24.09375);
        assertInputs("ok_int8.npy", 44, 29, 4, 33, 115);
        assertInputs("ok_int64.npy", 29, 29, -10, -39, 11);
        assertInputs("ok_bigendian.npy", 2.040919065475464, -2.5556650161743164);
        assertInputs("ok_v3.npy", 2.040919065475464, -2.5556650161743164);
        var parts = Samplings.open(resource("fortran.npz"));
        var samples = Samplings.readAll(parts.train());
        for (int row = 0; row < 4; row++) {
            int first = 6 * row;
            assertThat(samples.get(row))
                    .containsExactly(
                            first, first + 1, first + 2, first + 3, first + 4, first + 5, row);
        }
        assertThat(Samplings.readAll(Samplings.open(resource("tokens.npz")).test().orElseThrow()))
                .containsExactly(new double[] {7, 8, 9, 1});
    }

    private void assertInputs(String name, double... first) throws Exception {
        int rows = name.contains("bigendian") || name.contains("v3") ? 3 : 2;
        var labels = folder.resolve("y.npy");
        Files.write(labels, Samplings.npy("|u1", "(%d,)".formatted(rows), false, new byte[rows]));
        var train = Samplings.open(resource("hostile/" + name), labels).train();
        assertThat(Samplings.readAll(train).getFirst()).as(name).startsWith(first);
    }

    @Test
    void hostileArraysAreRefusedInOneLine() throws Exception {
        var reasons =
                Map.of(
                        "bad_2g_shape.npy", "truncated in row",
                        "bad_huge_shape.npy", "expected: under 2^31 rows",
                        "bad_header_code.npy", "header ",
                        "bad_magic.npy", "not in NPY or IDX form",
                        "bad_pickle_exec.npy", "Python objects |O",
                        "bad_structured.npy", "header ",
                        "bad_unicode.npy", "element type <U",
                        "bad_zero_bytes.npy", "empty",
                        "ok_empty.npy", "no rows",
                        "ok_nan_inf.npy", "expected: a finite f32");
        for (var reason : reasons.entrySet()) {
            var file = resource("hostile/" + reason.getKey());
            var y = Samplings.npy("|u1", "(2,)", false, new byte[2]);
            boolean isLong = reason.getKey().contains("2g");
            var labels = isLong ? file : Files.write(folder.resolve("y.npy"), y);
            assertThatThrownBy(() -> Samplings.readAll(Samplings.open(file, labels).train()))
                    .as(reason.getKey())
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(reason.getKey() + ": ")
                    .hasMessageContaining(reason.getValue())
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void arraysBecomeWhatIsAskedFor() throws Exception {
        var pixels =
                write(
                        "x.npy",
                        Samplings.npy("|u1", "(2, 2, 2)", false, bytes(0, 255, 51, 1, 2, 3, 4, 5)));
        var labels =
                write("y.npy", Samplings.npy("<f4", "(2, 3)", false, floats(0, 1, 0, 1, 0, 0)));
        var oneHot = options("auto", "one-hot");
        var train = Samplings.open(oneHot, pixels, labels).train();
        assertThat(train.form().input().type()).isEqualTo(TensorType.f32(2, 2, 1));
        assertThat(train.form().target().type()).isEqualTo(TensorType.i32());
        assertThat(Samplings.readAll(train).getFirst())
                .containsExactly(0, 1, 51 / 255f, 1 / 255f, 1);
        var numbers = Samplings.open(options("number", "auto"), pixels, labels).train();
        assertThat(numbers.form().input().type())
                .isEqualTo(new TensorType(DType.F32, Shape.of(2, 2)));
        assertThat(Samplings.readAll(numbers).getFirst()).startsWith(0, 255, 51, 1);
        var wrong = write("w.npy", Samplings.npy("<f4", "(2, 3)", false, floats(0, 1, 1, 1, 0, 0)));
        assertThatThrownBy(() -> Samplings.readAll(Samplings.open(oneHot, pixels, wrong).train()))
                .hasMessage("w.npy: row 0, element 2: 1 (expected: a single 1 a row)");
        var half = write("h.npy", Samplings.npy("<f4", "(2, 1)", false, floats(1, 1.5f)));
        assertThatThrownBy(
                        () ->
                                Samplings.readAll(
                                        Samplings.open(options("auto", "class"), pixels, half)
                                                .train()))
                .hasMessage("h.npy: row 1, element 0: 1.5 (expected: a whole number)");
        var three = write("t.npy", Samplings.npy("|u1", "(3,)", false, new byte[3]));
        assertThatThrownBy(() -> Samplings.open(pixels, three))
                .hasMessage("t.npy: 3 rows (expected: 2, as many as x.npy has)");
        assertThatThrownBy(() -> Samplings.open(pixels))
                .hasMessageContaining("one array (expected: two files");
        assertThatThrownBy(() -> options("pixels", "auto"))
                .hasMessageStartingWith("inputs: pixels (expected: one of auto, unit");
    }

    @Test
    void imagesInIdxFormAreReadAlsoCompressed() throws Exception {
        var images = bytes(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 255);
        var labels = bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
        var train = Samplings.open(write("x", gzip(images)), write("y", labels)).train();
        assertThat(train.form().input().type()).isEqualTo(TensorType.f32(1, 2, 1));
        assertThat(Samplings.readAll(train))
                .containsExactly(
                        new double[] {10 / 255f, 20 / 255f, 7}, new double[] {30 / 255f, 1, 9});
        var cut = write("cut", java.util.Arrays.copyOf(gzip(images), 25));
        assertThatThrownBy(() -> Samplings.readAll(Samplings.open(cut, write("y", labels)).train()))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith("cut: ");
    }

    @Test
    void tableIsEncodedAsStated() throws Exception {
        var file =
                Samplings.write(
                        folder.resolve("t.csv"),
                        "age;city;\"the \"\"kind\"\"\"\n1;Ulm;b\n\n3;\"Bad; Ems\";a\r\n5;Ulm;b\n");
        var table = Samplings.open(file).train();
        assertThat(table.classNames()).containsExactly("a", "b");
        assertThat(table.form().input().type()).isEqualTo(TensorType.f32(3));
        assertThat(Samplings.readAll(table))
                .containsExactly(
                        new double[] {1, 0, 1, 1},
                        new double[] {3, 1, 0, 0},
                        new double[] {5, 0, 1, 1});
        var other =
                new SampleFiles.Options(
                        "auto", "number", "auto", "age", List.of("3"), true, 0, 0, 3);
        assertThat(Samplings.readAll(Samplings.open(other, file).train()))
                .containsExactly(
                        new double[] {0, 1, 1}, new double[] {1, 0, 3}, new double[] {0, 1, 5});
        var test = Samplings.write(folder.resolve("u.csv"), "age;city;kind\n9;Ulm;a\n");
        var parts =
                SampleFiles.open(
                        List.of(new SampleFiles.NamedFile("t.csv", file)),
                        List.of(new SampleFiles.NamedFile("u.csv", test)),
                        USUAL);
        assertThat(Samplings.readAll(parts.test().orElseThrow()))
                .containsExactly(new double[] {9, 0, 1, 0});
    }

    @Test
    void numbersAreBroughtToMeanZeroOnDemand() throws Exception {
        var file = Samplings.write(folder.resolve("t.csv"), "1,0\n3,1\n");
        var scaled = new SampleFiles.Options("auto", "auto", "no", "2", List.of(), true, 0, 0, 3);
        var table = Samplings.open(scaled, file).train();
        assertThat(table.form().target().type()).isEqualTo(TensorType.i32());
        assertThat(Samplings.readAll(table))
                .containsExactly(new double[] {-1, 0}, new double[] {1, 1});
    }

    @Test
    void whatIsWrongWithATableIsNamedByItsLine() throws Exception {
        assertTable("a,b\n1,2\n3\n", "line 3: 1 columns (expected: 2, as in the first line)");
        assertTable("a,b\n1,2\n,3\n", "line 3: column 1 is empty");
        assertTable("a,b\n1,\"2\n", "line 2: a quote that does not end");
        assertTable("a,b\n1,\"2\"3\n", "line 2: 3 after a quote");
        assertTable("a,b\n", "no line but the header");
        assertTable("", "empty");
        assertTable("a,b\n1,\u0000\n", "line 2: a zero byte");
        assertTable(",".repeat(20_000), "line 1: more columns (expected: at most 16384)");
        assertTable("x".repeat(10_001), "line 1: a field over 10000 characters");
        var many = new StringBuilder("a,b\n");
        for (int i = 0; i < 1_001; i++) many.append('t').append(i).append(",1\n");
        assertTable(many.toString(), "column 1: over 1000 different texts");
        var latin =
                Files.write(folder.resolve("t.csv"), bytes('a', ',', 'b', '\n', 0xE4, ',', '1'));
        assertThatThrownBy(() -> Samplings.open(latin))
                .hasMessage("t.csv: line 2: bytes that are no text in UTF-8");
    }

    private void assertTable(String text, String reason) throws IOException {
        var file = Samplings.write(folder.resolve("t.csv"), text);
        assertThatThrownBy(() -> Samplings.readAll(Samplings.open(file).train()))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith("t.csv: ")
                .hasMessageContaining(reason);
    }

    @Test
    void picturesInFoldersAreReadAndResized() throws Exception {
        var entries = new LinkedHashMap<String, byte[]>();
        entries.put("set/train/dog/1.png", picture("png", 4, 2, 0xFF0000));
        entries.put("set/train/cat/1.bmp", picture("bmp", 2, 2, 0x0000FF));
        entries.put("set/train/cat/2.jpg", picture("jpg", 8, 8, 0xFFFFFF));
        entries.put("set/test/cat/9.png", picture("png", 1, 1, 0x00FF00));
        entries.put("set/test/cat/.DS_Store", new byte[3]);
        entries.put("__MACOSX/set/x", new byte[3]);
        var file = write("p.zip", Samplings.zip(entries));
        var size = new SampleFiles.Options("auto", "auto", "auto", "", List.of(), false, 1, 1, 3);
        var parts = Samplings.open(size, file);
        assertThat(parts.train().classNames()).containsExactly("cat", "dog");
        assertThat(parts.train().form().input().type()).isEqualTo(TensorType.f32(1, 1, 3));
        assertThat(Samplings.readAll(parts.train()))
                .containsExactly(
                        new double[] {1, 0, 0, 1},
                        new double[] {0, 0, 1, 0},
                        new double[] {1, 1, 1, 0});
        assertThat(Samplings.readAll(parts.test().orElseThrow()))
                .containsExactly(new double[] {0, 1, 0, 0});
    }

    @Test
    void areasAreAveraged() throws Exception {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFFFFFF);
        image.setRGB(2, 0, 0x666666);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        var to = new byte[2];
        new Picture(1, 2, 1).read(bytes.toByteArray(), java.lang.foreign.MemorySegment.ofArray(to));
        assertThat(to).containsExactly((byte) 170, (byte) 68); // 255·2/3 and 102·2/3.
    }

    @Test
    void hostileArchivesAreRefused() throws Exception {
        var png = picture("png", 2, 2, 0);
        assertArchive("p.zip!../b/1.png: name (expected", "a/1.png", png, "../b/1.png", png);
        assertArchive("p.zip!/b/1.png: name", "a/1.png", png, "/b/1.png", png);
        assertArchive("p.zip!b\\1.png: name", "a/1.png", png, "b\\1.png", png);
        assertArchive("p.zip!1.png: outside of a folder", "a/1.png", png, "1.png", png);
        assertArchive("p.zip!b/1.png: no picture", "a/1.png", png, "b/1.png", new byte[9]);
        assertArchive("p.zip: pictures in 1 folders", "a/1.png", png, "a/2.png", png);
        var vast = png.clone();
        vast[16] = 0x7f; // The width in the header.
        assertArchive("pixels (expected: at most 16777216", "a/1.png", png, "b/1.png", vast);
        var bomb = new byte[Picture.FILE_BYTES_MAX + 1];
        assertArchive("over 33554432 bytes", "a/1.png", png, "b/1.png", bomb);
        var gif = picture("gif", 2, 2, 0);
        assertArchive("(expected: PNG, JPEG or BMP)", "a/1.png", png, "b/1.png", gif);
    }

    @Test
    void listsOfEntriesAreBounded() throws Exception {
        var end = bytes('P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0);
        var file = write("p.zip", end);
        assertThatThrownBy(() -> Samplings.open(file))
                .hasMessageContaining("1 entries listed in 2130706432 bytes (expected: at most");
        var changed =
                Samplings.zip(
                        Map.of(
                                "x.npy",
                                Samplings.npy("|u1", "(2,)", false, new byte[2]),
                                "y.npy",
                                Samplings.npy("|u1", "(2,)", false, new byte[2])));
        var sum = changed.clone();
        for (int i = 0; i + 4 < sum.length; i++) {
            if (sum[i] == 'P' && sum[i + 1] == 'K' && sum[i + 2] == 1) sum[i + 16] ^= 1;
        }
        assertThatThrownBy(() -> Samplings.readAll(Samplings.open(write("s.npz", sum)).train()))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("damaged");
    }

    private void assertArchive(
            String reason, String first, byte[] firstBytes, String second, byte[] secondBytes)
            throws IOException {
        var entries = new LinkedHashMap<String, byte[]>();
        entries.put(first, firstBytes);
        entries.put(second, secondBytes);
        var file = write("p.zip", Samplings.zip(entries));
        assertThatThrownBy(() -> Samplings.readAll(Samplings.open(file).train()))
                .as(second)
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    static byte[] picture(String format, int cols, int rows, int rgb) throws IOException {
        var image = new BufferedImage(cols, rows, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < cols; x++) image.setRGB(x, y, rgb);
        }
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static SampleFiles.Options options(String inputs, String targets) {
        return new SampleFiles.Options(inputs, targets, "auto", "", List.of(), false, 0, 0, 3);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    private static byte[] floats(float... values) {
        var bytes = java.nio.ByteBuffer.allocate(4 * values.length);
        bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putFloat(value);
        return bytes.array();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SampleFilesTest.class.getResource(name)).toURI());
    }
}
