package motley.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import motley.data.Column.Form;
import motley.tensor.Shape;

/// Pictures in a ZIP file, each in a folder that says what it shows.
///
/// Classes are the names of the folders, numbered in the order of their characters. A folder above
/// that is called `test`, `val` or `validation` makes its pictures test samples.
final class PictureArchive implements SampleFile {
    private static final int CLASSES_MAX = 10_000;
    private static final int SIDE_MAX = 1024;
    private static final Set<String> TESTS = Set.of("test", "val", "validation", "valid");

    private final String name;
    private final Path file;
    private final List<Entry> entries;
    private final List<String> classes;
    private final Picture picture;

    private record Entry(ZipEntry entry, int label) {}

    private PictureArchive(
            String name, Path file, List<Entry> entries, List<String> classes, Picture picture) {
        this.name = name;
        this.file = file;
        this.entries = entries;
        this.classes = classes;
        this.picture = picture;
    }

    /// How pictures are brought to one size.
    ///
    /// @param rows and `cols`; 0: as the first picture has
    record Size(int rows, int cols, int channels) {
        Size {
            boolean fits = rows >= 0 && cols >= 0 && rows <= SIDE_MAX && cols <= SIDE_MAX;
            if (!fits) {
                throw new IllegalArgumentException(
                        "imageSize: %d × %d (expected: 1 to %d each)"
                                .formatted(rows, cols, SIDE_MAX));
            }
            if (channels != 1 && channels != 3) {
                throw new IllegalArgumentException(
                        "channels: %d (expected: 1 or 3)".formatted(channels));
            }
        }
    }

    /// The pictures for learning, and those for testing where folders say so.
    static List<SampleFile> open(String name, Path file, Size size) throws IOException {
        try (var zip = ZipDirectory.open(name, file)) {
            var files = zip.files().stream().filter(PictureArchive::isShown).toList();
            if (files.isEmpty()) throw new DatasetException(name, "no pictures");
            var labels = new TreeSet<String>();
            for (var entry : files) labels.add(label(zip, entry));
            if (labels.size() < 2 || labels.size() > CLASSES_MAX) {
                throw new DatasetException(
                        name,
                        "pictures in %d folders (expected: 2 to %d, one a class)"
                                .formatted(labels.size(), CLASSES_MAX));
            }
            var classes = List.copyOf(labels);
            var picture = picture(zip, files.getFirst(), size);
            var train = new ArrayList<Entry>();
            var test = new ArrayList<Entry>();
            for (var entry : files) {
                int label = classes.indexOf(label(zip, entry));
                (isTest(entry) ? test : train).add(new Entry(entry, label));
            }
            if (train.isEmpty()) throw new DatasetException(name, "no pictures to learn from");
            var parts = new ArrayList<SampleFile>();
            parts.add(new PictureArchive(name, file, train, classes, picture));
            if (!test.isEmpty()) {
                parts.add(new PictureArchive(name, file, test, classes, picture));
            }
            return parts;
        }
    }

    private static Picture picture(ZipDirectory zip, ZipEntry first, Size size) throws IOException {
        if (size.rows > 0 && size.cols > 0) {
            return new Picture(size.rows, size.cols, size.channels);
        }
        try {
            var found = Picture.size(bytes(zip, first));
            if (found[0] > SIDE_MAX || found[1] > SIDE_MAX) {
                throw zip.refused(
                        first.getName(),
                        "%d × %d pixels (expected: a size to bring pictures to, imageSize)"
                                .formatted(found[1], found[0]));
            }
            return new Picture(found[0], found[1], size.channels);
        } catch (Picture.UnusableException e) {
            throw zip.refused(first.getName(), String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(ZipDirectory zip, ZipEntry entry) throws IOException {
        try (var in = zip.open(entry, Picture.FILE_BYTES_MAX)) {
            return in.readAllBytes();
        }
    }

    /// What systems leave in archives of their own is not looked at.
    private static boolean isShown(ZipEntry entry) {
        var path = entry.getName();
        var last = path.substring(path.lastIndexOf('/') + 1);
        return !path.startsWith("__MACOSX/")
                && !last.startsWith(".")
                && !last.equalsIgnoreCase("thumbs.db");
    }

    private static String label(ZipDirectory zip, ZipEntry entry) {
        var parts = entry.getName().split("/");
        if (parts.length >= 2) return parts[parts.length - 2];
        throw zip.refused(entry.getName(), "outside of a folder (expected: in one of its class)");
    }

    private static boolean isTest(ZipEntry entry) {
        var parts = entry.getName().split("/");
        for (int i = 0; i < parts.length - 2; i++) {
            if (TESTS.contains(parts[i].toLowerCase(Locale.ROOT))) return true;
        }
        return false;
    }

    @Override
    public SampleForm form() {
        var shape = Shape.of(picture.rows(), picture.cols(), picture.channels());
        var labels = new Column(classes.size() <= 256 ? Form.U8 : Form.I32, new Shape(List.of()));
        return new SampleForm(new Column(Form.UNIT, shape), labels);
    }

    @Override
    public int count() {
        return entries.size();
    }

    @Override
    public List<String> classNames() {
        return classes;
    }

    @Override
    public Reader open() throws IOException {
        return new Pictures(ZipDirectory.open(name, file));
    }

    private final class Pictures implements Reader {
        private final ZipDirectory zip;
        private int at;

        Pictures(ZipDirectory zip) {
            this.zip = zip;
        }

        @Override
        public void next(MemorySegment input, MemorySegment target) throws IOException {
            var entry = entries.get(at++);
            try {
                picture.read(bytes(zip, entry.entry), input);
            } catch (Picture.UnusableException e) {
                throw zip.refused(entry.entry.getName(), String.valueOf(e.getMessage()));
            }
            form().target().set(target, 0, 0, entry.label);
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }
}
