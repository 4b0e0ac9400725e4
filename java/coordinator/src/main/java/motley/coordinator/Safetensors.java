package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import motley.nn.ParameterSpec;

/// Parameters as a safetensors file: eight bytes with the header's length, a JSON header, the
/// elements. Source: the format's description in the README of huggingface/safetensors.
final class Safetensors {
    private static final int LENGTH_BYTES = 8;
    private static final int ALIGNMENT_BYTES = 8;
    private static final int HEADER_BYTES_MAX = 1 << 20;

    private Safetensors() {}

    /// What precedes the elements of `specs`, which follow one another in order.
    static byte[] header(List<ParameterSpec> specs) {
        var header = Json.object();
        long at = 0;
        for (var spec : specs) {
            var tensor = header.putObject(spec.name()).put("dtype", "F32");
            var shape = tensor.putArray("shape");
            spec.shape().dims().forEach(shape::add);
            long end = at + spec.type().sizeBytes();
            tensor.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        var json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
        var bytes =
                ByteBuffer.allocate(LENGTH_BYTES + padded)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(padded)
                        .put(json);
        while (bytes.hasRemaining()) bytes.put((byte) ' ');
        return bytes.array();
    }

    /// Copies the parameters `specs` out of `file`, in order, into `into`. Other tensors in the
    /// file
    /// are ignored.
    ///
    /// @throws IOException if one is missing or has another type or shape, or the file is damaged
    static void read(MemorySegment file, List<ParameterSpec> specs, MemorySegment into)
            throws IOException {
        var header = parseHeader(file);
        long dataAt = (long) LENGTH_BYTES + headerBytes(file);
        long at = 0;
        for (var spec : specs) {
            long bytes = spec.type().sizeBytes();
            long from = dataAt + offset(header, spec);
            require(from + bytes <= file.byteSize(), spec, "beyond the end of the file");
            MemorySegment.copy(file, from, into, at, bytes);
            at += bytes;
        }
    }

    private static JsonNode parseHeader(MemorySegment file) throws IOException {
        var json = new byte[headerBytes(file)];
        MemorySegment.copy(file, LENGTH_BYTES, MemorySegment.ofArray(json), 0, json.length);
        try {
            return new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("safetensors: header: " + e.getOriginalMessage(), e);
        }
    }

    private static int headerBytes(MemorySegment file) throws IOException {
        long length = file.byteSize() < LENGTH_BYTES ? -1 : length(file);
        if (length < 2 || length > Math.min(HEADER_BYTES_MAX, file.byteSize() - LENGTH_BYTES)) {
            throw new IOException("safetensors: header of %d bytes".formatted(length));
        }
        return (int) length;
    }

    private static long length(MemorySegment file) {
        return file.asSlice(0, LENGTH_BYTES)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private static long offset(JsonNode header, ParameterSpec spec) throws IOException {
        var tensor = header.path(spec.name());
        require(tensor.isObject(), spec, "missing");
        var dtype = tensor.path("dtype").asText();
        require(dtype.equals("F32"), spec, "of type " + dtype);
        var dims = tensor.path("shape");
        boolean isSameShape =
                dims.toString().equals(spec.shape().dims().toString().replace(" ", ""));
        require(isSameShape, spec, "of shape " + dims);
        long begin = tensor.path("data_offsets").path(0).asLong(-1);
        long end = tensor.path("data_offsets").path(1).asLong(-1);
        boolean isRange = begin >= 0 && end - begin == spec.type().sizeBytes();
        require(isRange, spec, "at " + tensor.path("data_offsets"));
        return begin;
    }

    private static void require(boolean holds, ParameterSpec spec, String found)
            throws IOException {
        if (!holds) {
            throw new IOException(
                    "safetensors: %s is %s (expected: %s)"
                            .formatted(spec.name(), found, spec.type()));
        }
    }
}
