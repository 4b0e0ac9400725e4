package motley.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files of every format: whatever is in them, they are read, or refused in one line, in
/// bounded memory.
///
/// `-Dmotley.fuzzSeconds=600` mutates for so long; `-Dmotley.seed=N` repeats one.
final class SampleFilesProperties {
    private static final int SEEDS = 1_500;

    @TempDir Path folder;

    @Test
    void damagedFilesAreReadOrRefused() throws Exception {
        var corpus = corpus();
        var only = System.getProperty("motley.seed");
        if (only != null) {
            check(corpus, Long.parseLong(only));
            return;
        }
        long endNs =
                System.nanoTime() + 1_000_000_000L * Integer.getInteger("motley.fuzzSeconds", 0);
        for (long seed = 0; seed < SEEDS || System.nanoTime() - endNs < 0; seed++) {
            check(corpus, seed);
        }
    }

    private void check(List<List<byte[]>> corpus, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var files = corpus.get(random.nextInt(corpus.size()));
        var paths = new Path[files.size()];
        int damaged = random.nextInt(files.size());
        for (int i = 0; i < paths.length; i++) {
            var bytes = i == damaged ? mutate(files.get(i), random) : files.get(i);
            paths[i] = Files.write(folder.resolve("f" + i), bytes);
        }
        try {
            var parts = Samplings.open(paths);
            Samplings.readAll(parts.train());
            if (parts.test().isPresent()) Samplings.readAll(parts.test().get());
        } catch (DatasetException e) {
            var message = String.valueOf(e.getMessage());
            boolean isLine = message.startsWith("f") && !message.contains("\n");
            if (!isLine) throw failure(seed, e);
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw failure(seed, e);
        }
    }

    private static AssertionError failure(long seed, Throwable cause) {
        return new AssertionError(
                "reproduce with: mvn -q -pl java/data -am test -Dmotley.seed=%d -Dtest=%s"
                        .formatted(seed, SampleFilesProperties.class.getSimpleName()),
                cause);
    }

    private static byte[] mutate(byte[] original, SplittableRandom random) {
        var bytes = original.clone();
        for (int times = 1 + random.nextInt(4); times > 0 && bytes.length > 1; times--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = without(bytes, at, random.nextInt(1 + bytes.length - at));
                case 4 -> extreme(bytes, at, random);
                case 5 -> {
                    var more = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
                    System.arraycopy(
                            bytes, at, more, at + more.length - bytes.length, bytes.length - at);
                    bytes = more;
                }
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(32), bytes.length - Math.max(at, from));
                    System.arraycopy(
                            original.length > from + length ? original : bytes,
                            from,
                            bytes,
                            at,
                            length);
                }
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at, int length) {
        var shorter = Arrays.copyOf(bytes, bytes.length - length);
        System.arraycopy(bytes, at + length, shorter, at, bytes.length - at - length);
        return shorter;
    }

    /// Sizes that overflow.
    private static void extreme(byte[] bytes, int at, SplittableRandom random) {
        int width = Math.min(1 << random.nextInt(4), bytes.length - at);
        boolean isHigh = random.nextBoolean();
        for (int i = 0; i < width; i++) bytes[at + i] = (byte) (isHigh ? 0xff : 0x7f);
    }

    private static List<List<byte[]>> corpus() throws Exception {
        var corpus = new ArrayList<List<byte[]>>();
        var labels = Samplings.npy("|u1", "(3,)", false, new byte[] {0, 1, 2});
        for (var name : List.of("ok_bigendian.npy", "ok_v3.npy")) {
            corpus.add(List.of(read("hostile/" + name), labels));
        }
        var fortran = Samplings.npy("<i2", "(3, 2, 2)", true, new byte[24]);
        corpus.add(List.of(fortran, labels));
        for (var name : List.of("fortran.npz", "tokens.npz", "regression.npz")) {
            corpus.add(List.of(read(name)));
        }
        var images = new byte[16 + 12];
        images[2] = 8;
        images[3] = 3;
        images[7] = 3;
        images[11] = 2;
        images[15] = 2;
        corpus.add(List.of(images, labels));
        corpus.add(List.of(SampleFilesTest.gzip(images), labels));
        corpus.add(
                List.of("a,b,c\n1,x,u\n2,\"y,\"\"\",v\n3,x,u\n".getBytes(StandardCharsets.UTF_8)));
        corpus.add(List.of("1;2;3\n4;5;6\n".getBytes(StandardCharsets.UTF_8)));
        var pictures = new LinkedHashMap<String, byte[]>();
        pictures.put("a/1.png", SampleFilesTest.picture("png", 3, 2, 0x123456));
        pictures.put("b/1.jpg", SampleFilesTest.picture("jpg", 3, 2, 0xabcdef));
        pictures.put("b/2.bmp", SampleFilesTest.picture("bmp", 3, 2, 0x777777));
        corpus.add(List.of(Samplings.zip(pictures)));
        return corpus;
    }

    private static byte[] read(String name) throws Exception {
        return Files.readAllBytes(SampleFilesTest.resource(name));
    }
}
