package motley.interchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import motley.tensor.Tensor;

/// Named tensors as NumPy's `.npz`: a ZIP of `.npy` files of version 1, as `numpy.load` reads them.
///
/// Source: NumPy, "NEP 1, a simple file format for NumPy arrays".
public final class Npz {
    private static final int ALIGNMENT = 64;

    private Npz() {}

    /// The bytes of such a file; equal tensors give equal bytes.
    ///
    /// @throws IllegalArgumentException if an element type has no counterpart there
    public static byte[] of(Map<String, Tensor> tensors) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (var tensor : tensors.entrySet()) {
                var entry = new ZipEntry(tensor.getKey() + ".npy");
                entry.setTime(315_532_800_000L); // 1980, where the format's time begins
                zip.putNextEntry(entry);
                zip.write(header(tensor.getValue()));
                zip.write(bytes(tensor.getValue().data()));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(MemorySegment data) {
        return data.toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] header(Tensor tensor) {
        var type =
                switch (tensor.type().dtype()) {
                    case F32 -> "<f4";
                    case I32 -> "<i4";
                    case BOOL -> "|b1";
                };
        var dims =
                tensor.shape().dims().stream()
                        .map(dim -> dim + ",")
                        .collect(Collectors.joining(" "));
        var text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, dims);
        int length = Math.ceilDiv(10 + text.length() + 1, ALIGNMENT) * ALIGNMENT - 10;
        var header = new ByteArrayOutputStream();
        header.write(0x93);
        header.writeBytes("NUMPY".getBytes(US_ASCII));
        header.writeBytes(new byte[] {1, 0, (byte) length, (byte) (length >> 8)});
        header.writeBytes(text.getBytes(US_ASCII));
        header.writeBytes(" ".repeat(length - text.length() - 1).getBytes(US_ASCII));
        header.write('\n');
        return header.toByteArray();
    }
}
