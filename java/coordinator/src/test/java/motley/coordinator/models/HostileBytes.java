package motley.coordinator.models;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/// Files that lie, byte for byte.
final class HostileBytes {
    private static final int BOMB_BYTES = 300 << 20;

    private HostileBytes() {}

    static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (var part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    static byte[] cut(byte[] bytes, int parts, int of) {
        return Arrays.copyOf(bytes, (int) ((long) bytes.length * parts / of));
    }

    /// The same with other text of the same length wherever `old` stands.
    static byte[] replaced(byte[] bytes, String old, String other) {
        return new String(bytes, ISO_8859_1).replace(old, other).getBytes(ISO_8859_1);
    }

    static Map<String, byte[]> entries(byte[] zip) throws IOException {
        var entries = new LinkedHashMap<String, byte[]>();
        try (var in = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /// Entries as they are, not packed, so that their bytes can be found.
    static byte[] stored(Map<String, byte[]> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (var each : entries.entrySet()) {
                var entry = new ZipEntry(each.getKey());
                var sum = new CRC32();
                sum.update(each.getValue());
                entry.setSize(each.getValue().length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(each.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /// 300 MB of blanks in a few hundred KB.
    static byte[] bomb(String name, Map<String, byte[]> beside) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setLevel(1);
            zip.putNextEntry(new ZipEntry(name));
            var blanks = new byte[1 << 20];
            Arrays.fill(blanks, (byte) ' ');
            for (int i = 0; i < BOMB_BYTES; i += blanks.length) zip.write(blanks);
            zip.closeEntry();
            for (var entry : beside.entrySet()) {
                if (entry.getKey().equals(name)) continue;
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    static byte[] safetensors(long headerBytes, String header, int elementBytes) {
        var json = text(header);
        var bytes = ByteBuffer.allocate(Long.BYTES + json.length + elementBytes);
        return bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).put(json).array();
    }

    static byte[] safetensors(String header, int elementBytes) {
        return safetensors(text(header).length, header, elementBytes);
    }

    static byte[] npy(String header, int elementBytes) {
        var line = text(header + "\n");
        var bytes = ByteBuffer.allocate(10 + line.length + elementBytes);
        bytes.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93).put(text("NUMPY"));
        return bytes.put((byte) 1).put((byte) 0).putShort((short) line.length).put(line).array();
    }

    static byte[] npy(String descr, String shape, int elementBytes) {
        return npy(
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descr, shape),
                elementBytes);
    }

    static byte[] idx(int magic, int... dims) {
        var bytes = ByteBuffer.allocate(4 + 4 * dims.length + 16).putInt(magic);
        for (int dim : dims) bytes.putInt(dim);
        return bytes.array();
    }

    /// A picture that says it is far larger than its file.
    static byte[] wideImage(int width, int height) throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "png", bytes);
        var png = ByteBuffer.wrap(bytes.toByteArray());
        png.putInt(16, width).putInt(20, height);
        var sum = new CRC32();
        sum.update(png.array(), 12, 17);
        return png.putInt(29, (int) sum.getValue()).array();
    }
}
