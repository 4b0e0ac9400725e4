package motley.interchange.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// The parts of a `.keras` file. Nothing is unpacked to a disk, and only what is known by name is
/// read, up to its limit and with its checksum.
final class KerasArchive {
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.weights.h5";
    static final String METADATA = "metadata.json";

    private static final int ENTRIES_MAX = 64;

    private final String config;
    private final byte[] weights;

    private KerasArchive(String config, byte[] weights) {
        this.config = config;
        this.weights = weights;
    }

    /// The model as JSON.
    String config() {
        return config;
    }

    /// As HDF5; not copied.
    byte[] weights() {
        return weights;
    }

    /// @throws KerasRefusedException if it is no such archive
    static KerasArchive read(Path file, KerasLimits limits) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            var entries = entries(zip);
            var config = part(zip, entries, CONFIG, limits.configCharactersMax());
            // Keras does not pack weights: what grows manifold is none.
            long grown = Math.multiplyExact(Files.size(file), limits.weightsPerByteMax());
            long most = Math.min(Math.min(limits.fileBytesMax(), Integer.MAX_VALUE - 16), grown);
            var weights = part(zip, entries, WEIGHTS, most);
            return new KerasArchive(new String(config, UTF_8), weights);
        } catch (ZipException | EOFException e) {
            throw new KerasRefusedException("archive: damaged (" + e.getMessage() + ")", e);
        }
    }

    private static Map<String, ZipEntry> entries(ZipFile zip) {
        if (zip.size() > ENTRIES_MAX) {
            throw KerasRefusedException.of("archive", zip.size() + " entries", "at most 64");
        }
        var entries = new HashMap<String, ZipEntry>();
        for (var entry : java.util.Collections.list(zip.entries())) {
            if (entries.put(entry.getName(), entry) != null) {
                throw KerasRefusedException.of("archive", entry.getName() + " twice", "once");
            }
        }
        return entries;
    }

    private static byte[] part(
            ZipFile zip, Map<String, ZipEntry> entries, String name, long bytesMax)
            throws IOException {
        var entry = entries.get(name);
        if (entry == null) throw KerasRefusedException.of("archive", "no " + name, "one");
        if (entry.getSize() > bytesMax) throw tooLarge(name, bytesMax);
        byte[] bytes;
        try (InputStream in = zip.getInputStream(entry)) {
            bytes = in.readNBytes((int) bytesMax + 1);
        }
        if (bytes.length > bytesMax) throw tooLarge(name, bytesMax);
        var sum = new CRC32();
        sum.update(bytes);
        if (sum.getValue() != entry.getCrc()) {
            throw KerasRefusedException.of(name, "damaged", "bytes as its checksum says");
        }
        return bytes;
    }

    private static KerasRefusedException tooLarge(String name, long bytesMax) {
        return KerasRefusedException.of(name, "over " + bytesMax + " bytes", "fewer");
    }
}
