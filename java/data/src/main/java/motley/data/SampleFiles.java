package motley.data;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;

/// Files that people have their samples in, told apart by what is in them and not by their names:
///
/// - two arrays, inputs and targets, each as NPY or IDX, also compressed by gzip;
/// - an NPZ file of arrays `x` and `y`, or `x_train` and `y_train`, and perhaps `x_test` and
///   `y_test`;
/// - a ZIP file of pictures in folders;
/// - a table in CSV form, also compressed by gzip.
///
/// Whatever a file claims, memory is bounded by a few rows of it.
public final class SampleFiles {
    private static final List<String> INPUT_NAMES = List.of("x", "x_train", "arr_0");
    private static final List<String> TARGET_NAMES = List.of("y", "y_train", "arr_1");
    private static final int GZIP_MAGIC = 0x1f8b;

    private final Options options;

    private SampleFiles(Options options) {
        this.options = options;
    }

    /// A file, and what the person calls it who gave it.
    public record NamedFile(String name, Path path) {}

    /// How to read files; each field matters to some formats only.
    ///
    /// @param inputs what becomes of inputs in arrays: auto, unit, number or class
    /// @param targets what becomes of targets: auto, number, class or one-hot
    /// @param header of a table: auto, yes or no
    /// @param labelColumn of a table: name or number, from 1; empty: the last
    /// @param drop columns of a table to leave out
    /// @param isScaled whether numbers of a table are brought to mean 0 and deviation 1
    /// @param rows and `cols` that pictures are brought to; 0: as the first one has
    /// @param channels of pictures: 1 or 3
    public record Options(
            String inputs,
            String targets,
            String header,
            String labelColumn,
            List<String> drop,
            boolean isScaled,
            int rows,
            int cols,
            int channels) {
        public static final Options USUAL =
                new Options("auto", "auto", "auto", "", List.of(), false, 0, 0, 3);

        public Options {
            drop = List.copyOf(drop);
            ArrayForm.named("inputs", inputs);
            ArrayForm.named("targets", targets);
            var _ = new PictureArchive.Size(rows, cols, channels);
            var _ = table("", header, labelColumn, drop, ArrayForm.AUTO, isScaled);
        }

        private static CsvFile.Options table(
                String name,
                String header,
                String label,
                List<String> drop,
                ArrayForm targets,
                boolean isScaled) {
            return new CsvFile.Options(name, header, label, drop, targets, isScaled);
        }

        private CsvFile.Options table(String name) {
            return table(
                    name, header, labelColumn, drop, ArrayForm.named("targets", targets), isScaled);
        }
    }

    /// Samples to learn from, and those to be judged by, where the files tell them apart.
    public record Parts(SampleFile train, Optional<SampleFile> test) {}

    /// Looks at files. Tables are read to their ends, of others the beginnings.
    ///
    /// @param files one file of samples, or inputs and targets
    /// @param testFiles likewise, to be judged by; may be empty
    /// @throws DatasetException naming the file and the place that is wrong
    public static Parts open(List<NamedFile> files, List<NamedFile> testFiles, Options options)
            throws IOException {
        var opening = new SampleFiles(options);
        var parts = opening.open(files);
        if (testFiles.isEmpty()) return parts;
        var name = testFiles.getFirst().name;
        if (parts.test.isPresent()) {
            throw new DatasetException(name, "test samples beside those in " + files);
        }
        var test =
                parts.train instanceof CsvFile table && testFiles.size() == 1
                        ? table.likewise(name, source(testFiles.getFirst()))
                        : opening.open(testFiles).train;
        return alike(name, parts.train, test);
    }

    private static Parts alike(String name, SampleFile train, SampleFile test) {
        boolean isAlike =
                test.form().equals(train.form()) && test.classNames().equals(train.classNames());
        if (isAlike) return new Parts(train, Optional.of(test));
        throw new DatasetException(
                name,
                "samples %s, %s, classes %s (expected: %s, %s, classes %s, as for training)"
                        .formatted(
                                test.form().input().type(),
                                test.form().target().type(),
                                test.classNames(),
                                train.form().input().type(),
                                train.form().target().type(),
                                train.classNames()));
    }

    private Parts open(List<NamedFile> files) throws IOException {
        if (files.size() == 2) return new Parts(pair(files), Optional.empty());
        if (files.size() != 1) {
            throw new IllegalArgumentException(
                    "files: %d (expected: one of samples, or two of inputs and targets)"
                            .formatted(files.size()));
        }
        var file = files.getFirst();
        var start = start(file);
        if (start.length >= 2 && start[0] == 'P' && start[1] == 'K') return archive(file);
        boolean isArray =
                start.length >= 4 && (start[0] == (byte) 0x93 || (start[0] == 0 && start[1] == 0));
        if (isArray) {
            throw new DatasetException(
                    file.name, "one array (expected: two files, of inputs and of targets)");
        }
        return new Parts(CsvFile.open(options.table(file.name), source(file)), Optional.empty());
    }

    private static byte[] start(NamedFile file) throws IOException {
        try (var in = source(file).open()) {
            return in.readNBytes(4);
        }
    }

    /// The bytes of a file, without the compression of gzip.
    private static ArrayRows.Source source(NamedFile file) {
        return () -> {
            if (!Files.isRegularFile(file.path)) throw new DatasetException(file.name, "missing");
            var in = new BufferedInputStream(Files.newInputStream(file.path), 1 << 16);
            try {
                in.mark(2);
                int magic = in.read() << 8 | in.read();
                in.reset();
                return magic == GZIP_MAGIC ? new Unpacked(file.name, in) : in;
            } catch (IOException e) {
                in.close();
                throw new DatasetException(file.name, "damaged: " + e.getMessage());
            }
        };
    }

    /// Names the file that is damaged.
    private static final class Unpacked extends GZIPInputStream {
        private final String name;

        Unpacked(String name, InputStream in) throws IOException {
            super(in, 1 << 16);
            this.name = name;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            try {
                return super.read(to, at, length);
            } catch (IOException e) {
                throw new DatasetException(name, "damaged: " + e.getMessage());
            }
        }
    }

    private ArrayPair pair(List<NamedFile> files) throws IOException {
        return ArrayPair.of(
                part(files.get(0), ArrayForm.named("inputs", options.inputs)),
                part(files.get(1), ArrayForm.named("targets", options.targets)));
    }

    private static ArrayPair.Part part(NamedFile file, ArrayForm form) {
        return new ArrayPair.Part(file.name, source(file), form);
    }

    private Parts archive(NamedFile file) throws IOException {
        try (var zip = ZipDirectory.open(file.name, file.path)) {
            var arrays = new TreeMap<String, ZipEntry>();
            boolean isOther = false;
            for (var entry : zip.files()) {
                var name = entry.getName();
                if (!name.endsWith(".npy")) isOther = true;
                else arrays.put(name.substring(0, name.length() - 4), entry);
            }
            if (!arrays.isEmpty() && !isOther) return arrays(file, arrays);
        }
        var size = new PictureArchive.Size(options.rows, options.cols, options.channels);
        var parts = PictureArchive.open(file.name, file.path, size);
        return new Parts(
                parts.getFirst(), parts.size() > 1 ? Optional.of(parts.get(1)) : Optional.empty());
    }

    private Parts arrays(NamedFile file, Map<String, ZipEntry> arrays) throws IOException {
        var train = pair(file, entry(file, arrays, INPUT_NAMES), entry(file, arrays, TARGET_NAMES));
        boolean isTested = arrays.containsKey("x_test") || arrays.containsKey("y_test");
        if (!isTested) return new Parts(train, Optional.empty());
        var test =
                pair(
                        file,
                        entry(file, arrays, List.of("x_test")),
                        entry(file, arrays, List.of("y_test")));
        return alike(file.name + "!x_test", train, test);
    }

    private static ZipEntry entry(
            NamedFile file, Map<String, ZipEntry> arrays, List<String> names) {
        for (var name : names) {
            var entry = arrays.get(name);
            if (entry != null) return entry;
        }
        throw new DatasetException(
                file.name,
                "arrays %s (expected: %s among them)"
                        .formatted(new ArrayList<>(arrays.keySet()), String.join(" or ", names)));
    }

    private ArrayPair pair(NamedFile file, ZipEntry inputs, ZipEntry targets) throws IOException {
        return ArrayPair.of(
                part(file, inputs, ArrayForm.named("inputs", options.inputs)),
                part(file, targets, ArrayForm.named("targets", options.targets)));
    }

    private static ArrayPair.Part part(NamedFile file, ZipEntry entry, ArrayForm form) {
        var name = file.name + "!" + ZipDirectory.printable(entry.getName());
        return new ArrayPair.Part(name, () -> Packed.open(file, entry), form);
    }

    /// An entry that keeps its archive open as long as it is read.
    private static final class Packed extends FilterInputStream {
        private final ZipDirectory zip;

        private Packed(ZipDirectory zip, InputStream in) {
            super(in);
            this.zip = zip;
        }

        static Packed open(NamedFile file, ZipEntry entry) throws IOException {
            var zip = ZipDirectory.open(file.name, file.path);
            try {
                return new Packed(zip, zip.open(entry, Long.MAX_VALUE));
            } catch (IOException | RuntimeException e) {
                zip.close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try (zip) {
                super.close();
            }
        }
    }
}
