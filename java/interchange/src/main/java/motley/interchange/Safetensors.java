package motley.interchange;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Named tensors in the safetensors form: the length of a header, the header in JSON, the elements.
///
/// Files of f32, i32 and bool tensors written here are, byte for byte, those of the Python library
/// of the same name (metadata is sorted by name, which the library leaves open).
/// Source: Hugging Face, "safetensors", format description of the repository's README, 0.8.
/// Differs: zero-sized tensors and the other element types are refused.
public final class Safetensors {
    /// Bytes of elements handed to the operating system at once.
    private static final long CHUNK_BYTES = 1 << 26;

    private Safetensors() {}

    /// Replaces `file` in one step: whoever reads it, and whatever fails, finds the old content or
    /// the whole new one.
    ///
    /// @throws IllegalArgumentException if a tensor is named `__metadata__`, or the header would be
    ///     too long
    /// @throws IOException if the disk refuses
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        var header = SafetensorsHeader.of(tensors, metadata);
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        var draft = Files.createTempFile(folder, file.getFileName() + ".", ".part");
        try {
            try (var channel = FileChannel.open(draft, WRITE)) {
                write(channel, ByteBuffer.wrap(header.encode()));
                for (var name : header.entries().keySet()) {
                    write(channel, Objects.requireNonNull(tensors.get(name)).data());
                }
                channel.force(true);
            }
            Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
        forceFolder(folder);
    }

    /// What precedes the elements in a file, for a writer that has them already: tensors of the
    /// given types, one after another in the order of the map.
    ///
    /// @throws IllegalArgumentException if a tensor is named `__metadata__`, or the header would be
    ///     too long
    public static byte[] header(
            SequencedMap<String, TensorType> types, Map<String, String> metadata) {
        return SafetensorsHeader.inOrder(types, metadata).encode();
    }

    /// Maps `file` into memory, read-only; nothing is copied.
    ///
    /// The tensors live as long as `arena`. Meanwhile the file must not be shortened by anybody:
    /// [#write] never does, it replaces.
    ///
    /// @throws MalformedFileException if the file is not complete and consistent
    /// @throws IOException if it cannot be read
    public static TensorFile read(Path file, Arena arena) throws IOException {
        try (var channel = FileChannel.open(file, READ)) {
            long sizeBytes = channel.size();
            var header = readHeader(file, channel, sizeBytes);
            long start = sizeBytes - header.elementsBytes();
            var elements = channel.map(MapMode.READ_ONLY, start, header.elementsBytes(), arena);
            var tensors = new LinkedHashMap<String, Tensor>();
            header.entries()
                    .forEach(
                            (name, entry) -> {
                                long size = entry.type().sizeBytes();
                                var data = elements.asSlice(entry.beginBytes(), size);
                                tensors.put(name, Tensor.of(entry.type(), data));
                            });
            return new TensorFile(tensors, header.metadata());
        }
    }

    private static SafetensorsHeader readHeader(Path file, FileChannel channel, long sizeBytes)
            throws IOException {
        if (sizeBytes < Long.BYTES) throw new MalformedFileException(file, "shorter than 8 bytes");
        long length = readFully(file, channel, Long.BYTES).getLong();
        long room = Math.min(SafetensorsHeader.BYTES_MAX, sizeBytes - Long.BYTES);
        if (length < 2 || length > room) {
            throw new MalformedFileException(
                    file,
                    "header of %s bytes (expected: 2 to %d)"
                            .formatted(Long.toUnsignedString(length), room));
        }
        var json = readFully(file, channel, (int) length).array();
        var header = SafetensorsHeader.parse(file, json);
        long elementsBytes = sizeBytes - Long.BYTES - length;
        if (header.elementsBytes() != elementsBytes) {
            throw new MalformedFileException(
                    file,
                    "%d bytes of elements (expected: %d, as its header says)"
                            .formatted(elementsBytes, header.elementsBytes()));
        }
        return header;
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, int count)
            throws IOException {
        var bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) throw new MalformedFileException(file, "cut short");
        }
        return bytes.flip();
    }

    private static void write(FileChannel channel, MemorySegment data) throws IOException {
        for (long at = 0; at < data.byteSize(); at += CHUNK_BYTES) {
            long size = Math.min(CHUNK_BYTES, data.byteSize() - at);
            write(channel, data.asSlice(at, size).asByteBuffer());
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    /// Makes the new name durable too. Windows does so by itself and does not open folders.
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (var channel = FileChannel.open(folder, READ)) {
                channel.force(true);
            }
        }
    }
}
