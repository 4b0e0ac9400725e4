package motley.coordinator.models;

import static motley.coordinator.models.HostileBytes.bomb;
import static motley.coordinator.models.HostileBytes.cut;
import static motley.coordinator.models.HostileBytes.entries;
import static motley.coordinator.models.HostileBytes.gzip;
import static motley.coordinator.models.HostileBytes.idx;
import static motley.coordinator.models.HostileBytes.joined;
import static motley.coordinator.models.HostileBytes.npy;
import static motley.coordinator.models.HostileBytes.replaced;
import static motley.coordinator.models.HostileBytes.safetensors;
import static motley.coordinator.models.HostileBytes.stored;
import static motley.coordinator.models.HostileBytes.text;
import static motley.coordinator.models.HostileBytes.wideImage;
import static motley.coordinator.models.HostileBytes.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import motley.coordinator.http.Problem;
import motley.data.DatasetException;
import motley.data.SampleFile;
import motley.data.SampleFiles;
import motley.interchange.ModelJson;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasWriter;
import motley.nn.Models;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What strangers may send as a model or as data, and must not get in: every file is refused in one
/// line that names it, and costs no more memory than an honest one.
@Timeout(480)
final class HostileFilesTest {
    private static final long ALLOCATED_BYTES_MAX = 96L << 20;
    private static final int DETAIL_CHARS_MAX = 400;
    private static final String MODEL =
            "{\"motley-model\":1,\"name\":\"m\",\"input\":{\"dtype\":\"f32\",\"shape\":[4]},"
                    + "\"layers\":[%s]}";

    @TempDir private Path folder;
    private byte[] keras;
    private byte[] legacy;
    private Map<String, byte[]> parts;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    @BeforeEach
    void read() throws IOException {
        keras = resource("small_mlp.keras");
        parts = entries(keras);
        var file = Files.write(folder.resolve("honest"), keras);
        legacy = KerasWriter.legacy(KerasFile.read(file).saved());
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = HostileFilesTest.class.getResourceAsStream("../keras/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @Test
    void honestModelsComeIn() throws IOException {
        files.put("my.keras", keras);
        files.put("my.h5", legacy);
        files.put("my.json", text(ModelJson.text(Models.named("mnist-mlp"))));
        for (var file : files.entrySet()) {
            assertThat(ModelIntake.read(List.of(part(file.getKey(), file.getValue()))).model())
                    .as(file.getKey())
                    .isNotNull();
        }
    }

    @Test
    void hostileModelsAreRefusedInOneLine() throws IOException {
        hdf5();
        archives();
        safetensorsFiles();
        descriptions();
        assertThat(files).hasSizeGreaterThanOrEqualTo(45);
        for (var file : files.entrySet()) {
            var part = part(file.getKey(), file.getValue());
            requireRefused(part.name(), () -> ModelIntake.read(List.of(part)));
        }
    }

    private void hdf5() throws IOException {
        for (var name :
                List.of(
                        "bad_btree_self.h5",
                        "bad_contiguous_huge.h5",
                        "bad_external_link.h5",
                        "bad_fuzzed.h5",
                        "bad_truncated.h5")) {
            files.put(name, resource(name));
        }
        files.put("empty.h5", new byte[0]);
        files.put("signature-only.h5", Arrays.copyOf(legacy, 8));
        files.put("superblock-only.h5", Arrays.copyOf(legacy, 96));
        for (int quarter = 1; quarter < 4; quarter++) {
            files.put("cut-%d.h5".formatted(quarter), cut(legacy, quarter, 4));
        }
        var garbage = legacy.clone();
        Arrays.fill(garbage, 48, garbage.length, (byte) 0xff);
        files.put("garbage.h5", garbage);
        files.put("weights-only.h5", parts.get("model.weights.h5"));
        files.put("lambda.h5", replaced(legacy, "\"Flatten\"", "\"Lambda_\""));
    }

    private void archives() throws IOException {
        for (var name :
                List.of(
                        "bad_deep_config.keras",
                        "bad_no_config.keras",
                        "bad_units_negative.keras",
                        "bad_unknown_layer.keras")) {
            files.put(name, resource(name));
        }
        files.put("bomb-config.keras", bomb("config.json", parts));
        files.put("bomb-weights.keras", bomb("model.weights.h5", parts));
        files.put("no-weights.keras", zip(without("model.weights.h5")));
        files.put("traversal.keras", replaced(stored(parts), "config.json", "../fig.json"));
        files.put("twice.keras", replaced(stored(renamed()), "config.jsox", "config.json"));
        files.put("checksum.keras", replaced(stored(parts), "\"units\": 16", "\"units\": 61"));
        var many = new LinkedHashMap<>(parts);
        for (int i = 0; i < 100; i++) many.put("more" + i, new byte[0]);
        files.put("many.keras", zip(many));
        for (int third = 1; third < 3; third++) {
            files.put("cut-%d.keras".formatted(third), cut(keras, third, 3));
        }
        config("not-json.keras", "{\"class_name\": ");
        config("list.keras", "[]");
        config("empty.keras", "");
        var config = new String(parts.get("config.json"), java.nio.charset.StandardCharsets.UTF_8);
        config("lambda.keras", config.replace("\"Flatten\"", "\"Lambda\""));
        config("custom.keras", config.replace("\"keras.layers\"", "\"my.code\""));
        config("huge.keras", config.replace("\"units\": 16", "\"units\": 2000000000"));
        config("wide.keras", config.replace("\"units\": 16", "\"units\": 2000000"));
        config("string.keras", config.replace("\"units\": 16", "\"units\": \"16\""));
        config("float.keras", config.replace("\"units\": 16", "\"units\": 1e400"));
    }

    private void config(String name, String config) throws IOException {
        var changed = new LinkedHashMap<>(parts);
        changed.put("config.json", text(config));
        files.put(name, zip(changed));
    }

    private Map<String, byte[]> without(String name) {
        var rest = new LinkedHashMap<>(parts);
        rest.remove(name);
        return rest;
    }

    private Map<String, byte[]> renamed() {
        var both = new LinkedHashMap<>(parts);
        both.put("config.jsox", text("{}"));
        return both;
    }

    private void safetensorsFiles() {
        var fields = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":";
        files.put("long-header.safetensors", safetensors(1L << 40, "{\"a\":{}}", 8));
        files.put("negative-header.safetensors", safetensors(-1, "{\"a\":{}}", 8));
        files.put("beyond.safetensors", safetensors("{\"a\":{" + fields + "[0,80]}}", 8));
        files.put("backwards.safetensors", safetensors("{\"a\":{" + fields + "[8,0]}}", 8));
        files.put(
                "overlap.safetensors",
                safetensors("{\"a\":{%s[0,8]},\"b\":{%s[4,12]}}".formatted(fields, fields), 12));
        files.put("no-model.safetensors", safetensors("{\"a\":{" + fields + "[0,8]}}", 8));
        files.put(
                "dims.safetensors",
                safetensors(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8));
        files.put(
                "model.safetensors",
                safetensors("{\"__metadata__\":{\"model.json\":\"{}\"},\"a\":{}}", 8));
        files.put("trailing.safetensors", safetensors("{\"a\":{" + fields + "[0,8]}}", 4096));
    }

    private void descriptions() {
        files.put("deep.json", text("{\"a\":".repeat(10_000)));
        files.put("long.json", text("{\"name\":\"" + "x".repeat(3 << 20) + "\"}"));
        files.put("twice.json", text("{\"motley-model\":1,\"motley-model\":1}"));
        files.put("version.json", text(MODEL.replace(":1,", ":99,")));
        layer("unknown.json", "{\"layer\":\"exec\"}");
        layer("field.json", "{\"layer\":\"dense\",\"units\":2,\"code\":\"x\"}");
        layer("infinite.json", "{\"layer\":\"dense\",\"units\":1e999}");
        layer("negative.json", "{\"layer\":\"dense\",\"units\":-1}");
        layer("cycle.json", "{\"layer\":\"add\",\"from\":[\"add1\",\"sample\"]}");
        layer("huge.json", "{\"layer\":\"dense\",\"units\":2147483647}");
        layer("none.json", "");
        files.put("pickle.pt", joined(new byte[] {(byte) 0x80, 4}, text("cos\nsystem\n")));
        files.put("program", joined(new byte[] {0x7f}, text("ELF")));
        files.put("zeros.bin", new byte[1 << 20]);
    }

    private void layer(String name, String layer) {
        files.put(name, text(MODEL.formatted(layer)));
    }

    @Test
    void hostileDataAreRefusedInOneLine() throws IOException {
        arrays();
        tablesAndPictures();
        assertThat(files).hasSizeGreaterThanOrEqualTo(25);
        var labels = new SampleFiles.NamedFile("y.npy", labels());
        for (var file : files.entrySet()) {
            var path = Files.write(folder.resolve("data"), file.getValue());
            var named = new ArrayList<SampleFiles.NamedFile>();
            named.add(new SampleFiles.NamedFile(file.getKey(), path));
            if (file.getKey().matches(".*\\.(npy|idx)(\\.gz)?")) named.add(labels);
            requireRefused(file.getKey(), () -> drain(named));
        }
    }

    private Path labels() throws IOException {
        return Files.write(folder.resolve("labels"), npy("|u1", "(2,)", 2));
    }

    private void arrays() throws IOException {
        files.put("objects.npy", joined(npy("|O", "(2,)", 0), text("\u0080\u0004cos\nsystem\n.")));
        files.put("code.npy", npy("__import__('os').system('id')", 16));
        files.put("magic.npy", text("NUMPY but not quite, and long enough to be read"));
        files.put("structured.npy", npy("{'descr': [('a', '<f4')], 'shape': (2,)}", 16));
        files.put("unicode.npy", npy("<U8", "(2,)", 64));
        files.put("complex.npy", npy("<c16", "(2,)", 64));
        files.put("huge.npy", npy("<f4", "(99999999999, 4)", 64));
        files.put("wide.npy", npy("<f4", "(2, 999999999, 999)", 64));
        files.put("negative.npy", npy("<f4", "(-2, 4)", 64));
        files.put("cut.npy", npy("<f4", "(2, 100)", 399));
        files.put("none.npy", npy("<f4", "(0, 4)", 0));
        files.put("empty.npy", new byte[0]);
        var long32 = npy("<f4", "(2,)", 8);
        long32[6] = 2;
        Arrays.fill(long32, 8, 12, (byte) 0xff);
        files.put("long-header.npy", long32);
        files.put("rank.npy", npy("<f4", "(" + "1, ".repeat(500) + ")", 4));
        files.put("cut.npy.gz", cut(gzip(npy("<f4", "(2, 4)", 32)), 1, 2));
        files.put("zeros.npy.gz", gzip(new byte[64 << 20]));
        files.put("negative.idx", idx(0x803, -5, 4, 4));
        files.put("huge.idx", idx(0x803, Integer.MAX_VALUE, 60_000, 60_000));
        files.put("rank.idx", idx(0x8ff, 2, 2));
        files.put("none.npz", zip(Map.of("z.npy", npy("<f4", "(2,)", 8))));
        files.put("traversal.npz", zip(Map.of("../../x.npy", npy("<f4", "(2,)", 8))));
        files.put(
                "objects.npz",
                zip(Map.of("x.npy", npy("|O", "(2,)", 8), "y.npy", npy("|u1", "(2,)", 2))));
        files.put("bomb.npz", bomb("x.npy", Map.of("y.npy", npy("|u1", "(2,)", 2))));
        files.put("cut.npz", cut(zip(Map.of("x.npy", npy("<f4", "(2,)", 8))), 1, 2));
    }

    private void tablesAndPictures() throws IOException {
        files.put("line.csv", text("1,".repeat(2 << 20)));
        files.put("latin.csv", new byte[] {'a', ',', 'b', '\n', (byte) 0xe4, ',', '1', '\n'});
        files.put("ragged.csv", text("1,2,a\n1,2\n"));
        files.put("empty.csv", text("\n\n\n"));
        files.put("quote.csv", text("a,b\n\"1,2\n3,4\n"));
        files.put("zip.zip", zip(Map.of("a/b.zip", zip(Map.of("x", new byte[9])))));
        files.put("traversal.zip", zip(Map.of("../../etc/cron.d/x.png", new byte[9])));
        files.put("broken.zip", zip(Map.of("a/x.png", new byte[99], "b/y.png", new byte[99])));
        files.put(
                "pixels.zip",
                zip(Map.of("a/x.png", wideImage(60_000, 60_000), "b/y.png", wideImage(9, 9))));
        files.put("cut.zip", cut(zip(Map.of("a/x.png", new byte[99])), 1, 2));
    }

    /// Reads everything, as the cutting into shards does.
    private static Object drain(List<SampleFiles.NamedFile> named) throws IOException {
        var options =
                new SampleFiles.Options("auto", "auto", "auto", "", List.of(), false, 8, 8, 3);
        var read = SampleFiles.open(named, List.of(), options);
        drain(read.train());
        for (var test : read.test().map(List::of).orElse(List.of())) drain(test);
        return Optional.empty();
    }

    private static void drain(SampleFile file) throws IOException {
        var input = MemorySegment.ofArray(new byte[file.form().input().rowBytes()]);
        var target = MemorySegment.ofArray(new byte[file.form().target().rowBytes()]);
        try (var reader = file.open()) {
            for (int i = 0; i < file.count(); i++) reader.next(input, target);
        }
    }

    private ModelIntake.Part part(String name, byte[] bytes) throws IOException {
        return new ModelIntake.Part(name, Files.write(folder.resolve("upload"), bytes));
    }

    private interface Reading {
        Object read() throws IOException;
    }

    /// What a thread allocates bounds what is alive at once.
    private static void requireRefused(String name, Reading reading) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        var failure = catchThrowable(reading::read);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(failure)
                .as(name)
                .isInstanceOfAny(
                        Problem.class, DatasetException.class, IllegalArgumentException.class);
        assertThat(failure.getMessage())
                .as(name)
                .contains(name)
                .hasLineCount(1)
                .hasSizeLessThan(DETAIL_CHARS_MAX)
                .doesNotContain("junit");
        assertThat(allocated).as("%s: bytes allocated", name).isLessThan(ALLOCATED_BYTES_MAX);
    }
}
