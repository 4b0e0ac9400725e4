package motley.data;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// A ZIP file whose list of entries has been looked at before anything is read of it.
///
/// Entries are only ever read by what is in this list; nothing is written anywhere by the name an
/// entry has. Names that climb out of the archive, repeat or are absurd are refused all the same:
/// whoever made them meant no good.
final class ZipDirectory implements AutoCloseable {
    static final int ENTRIES_MAX = 2_000_000;

    /// Of the central directory, which the library reads into memory at once.
    private static final long DIRECTORY_BYTES_MAX = 128L << 20;

    private static final int NAME_CHARS_MAX = 1_000;
    private static final int END_BYTES = 22;
    private static final int END64_LOCATOR_BYTES = 20;
    private static final int COMMENT_BYTES_MAX = 1 << 16;
    private static final int END_MAGIC = 0x06054b50;
    private static final int END64_LOCATOR_MAGIC = 0x07064b50;
    private static final int END64_MAGIC = 0x06064b50;

    private final String name;
    private final ZipFile zip;

    private ZipDirectory(String name, ZipFile zip) {
        this.name = name;
        this.zip = zip;
    }

    /// @throws DatasetException if it is no ZIP file, or a hostile one
    static ZipDirectory open(String name, Path file) throws IOException {
        requireModest(name, file);
        try {
            return new ZipDirectory(name, new ZipFile(file.toFile()));
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new DatasetException(name, "not a ZIP file: " + e.getMessage());
        }
    }

    /// The files in it, in the order of the list.
    List<ZipEntry> files() {
        var files = new ArrayList<ZipEntry>();
        var names = new HashSet<String>();
        for (var entries = zip.entries(); entries.hasMoreElements(); ) {
            var entry = entries.nextElement();
            requireName(entry.getName());
            if (!names.add(entry.getName())) throw refused(entry.getName(), "there twice");
            if (!entry.isDirectory()) files.add(entry);
        }
        return files;
    }

    /// The bytes of an entry, at most `bytesMax`, whatever its header says.
    InputStream open(ZipEntry entry, long bytesMax) throws IOException {
        try {
            return new Bounded(zip.getInputStream(entry), entry, bytesMax);
        } catch (ZipException | EOFException e) {
            throw refused(entry.getName(), String.valueOf(e.getMessage()));
        }
    }

    DatasetException refused(String entry, String reason) {
        return new DatasetException(name + "!" + printable(entry), reason);
    }

    static String printable(String entry) {
        var shown = entry.length() > 80 ? entry.substring(0, 80) + "…" : entry;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    private void requireName(String entry) {
        boolean isFine =
                !entry.isEmpty()
                        && entry.length() <= NAME_CHARS_MAX
                        && !entry.startsWith("/")
                        && entry.indexOf('\\') < 0
                        && entry.indexOf(':') < 0
                        && entry.chars().noneMatch(Character::isISOControl)
                        && List.of(entry.split("/", -1)).stream().noneMatch(ZipDirectory::climbs);
        if (!isFine) throw refused(entry, "name (expected: a path within the archive)");
    }

    private static boolean climbs(String part) {
        return part.equals("..") || part.equals(".");
    }

    /// The library trusts these numbers and allocates.
    private static void requireModest(String name, Path file) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            int length = (int) Math.min(in.length(), END_BYTES + COMMENT_BYTES_MAX);
            var tail = new byte[length];
            in.seek(in.length() - length);
            in.readFully(tail);
            var bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
            int at = length - END_BYTES;
            while (at >= 0 && bytes.getInt(at) != END_MAGIC) at--;
            if (at < 0) throw new DatasetException(name, "not a ZIP file: no list of entries");
            long entries = Short.toUnsignedInt(bytes.getShort(at + 10));
            long size = Integer.toUnsignedLong(bytes.getInt(at + 12));
            require(name, entries, size);
            int locator = at - END64_LOCATOR_BYTES;
            if (locator >= 0 && bytes.getInt(locator) == END64_LOCATOR_MAGIC) {
                requireModest64(name, in, bytes.getLong(locator + 8));
            }
        }
    }

    private static void requireModest64(String name, RandomAccessFile in, long at)
            throws IOException {
        if (at < 0 || at > in.length() - 56) throw new DatasetException(name, "damaged ZIP file");
        var end = new byte[56];
        in.seek(at);
        in.readFully(end);
        var bytes = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) != END64_MAGIC) throw new DatasetException(name, "damaged ZIP file");
        require(name, bytes.getLong(32), bytes.getLong(40));
    }

    private static void require(String name, long entries, long sizeBytes) {
        boolean isPlaceholder = sizeBytes == 0xffffffffL;
        boolean isModest =
                entries >= 0
                        && entries <= ENTRIES_MAX
                        && sizeBytes >= 0
                        && (sizeBytes <= DIRECTORY_BYTES_MAX || isPlaceholder);
        if (isModest) return;
        throw new DatasetException(
                name,
                "%d entries listed in %d bytes (expected: at most %d in %d)"
                        .formatted(entries, sizeBytes, ENTRIES_MAX, DIRECTORY_BYTES_MAX));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /// Stops at a size, and turns what the library finds wrong into a sentence.
    private final class Bounded extends FilterInputStream {
        private final ZipEntry entry;
        private final long bytesMax;
        private final CRC32 sum = new CRC32();
        private long bytes;

        Bounded(InputStream in, ZipEntry entry, long bytesMax) {
            super(in);
            this.entry = entry;
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            try {
                int count = super.read(to, at, length);
                if (count > 0) sum.update(to, at, count);
                bytes += Math.max(0, count);
                if (count < 0 && entry.getCrc() != sum.getValue()) {
                    throw new ZipException("its check sum is another");
                }
                if (bytes > bytesMax) {
                    throw refused(
                            entry.getName(),
                            "over %d bytes (expected: at most so many)".formatted(bytesMax));
                }
                return count;
            } catch (ZipException | EOFException e) {
                throw refused(entry.getName(), "damaged: " + e.getMessage());
            }
        }
    }
}
