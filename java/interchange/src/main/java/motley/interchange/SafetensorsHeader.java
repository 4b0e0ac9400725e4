package motley.interchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static motley.tensor.Require.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// What a safetensors file says about its elements.
///
/// @param entries by name, in the order of their elements, which follow each other without gaps
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    /// Longest header accepted or written, enough for a hundred thousand tensors.
    static final int BYTES_MAX = 1 << 24;

    static final String METADATA = "__metadata__";
    private static final int ALIGNMENT_BYTES = 8;

    /// @param beginBytes of its elements, counted from the end of the header
    record Entry(TensorType type, long beginBytes) {
        long endBytes() {
            return beginBytes + type.sizeBytes();
        }
    }

    long elementsBytes() {
        long end = 0;
        for (var entry : entries.values()) end = Math.max(end, entry.endBytes());
        return end;
    }

    /// Places `tensors` one after another: f32, then i32, then bool, and by name among equals, so
    /// that all are aligned to their elements.
    static SafetensorsHeader of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        var types = new LinkedHashMap<String, TensorType>();
        var order =
                Comparator.<Map.Entry<String, Tensor>, Integer>comparing(
                                tensor -> rank(tensor.getValue().type().dtype()))
                        .thenComparing(tensor -> utf8(tensor.getKey()));
        for (var tensor : tensors.entrySet().stream().sorted(order).toList()) {
            types.put(tensor.getKey(), tensor.getValue().type());
        }
        return inOrder(types, metadata);
    }

    /// Places tensors of `types` one after another.
    static SafetensorsHeader inOrder(
            SequencedMap<String, TensorType> types, Map<String, String> metadata) {
        require(!types.containsKey(METADATA), "tensor: %s (expected: another name)", METADATA);
        var entries = new LinkedHashMap<String, Entry>();
        long begin = 0;
        for (var type : types.entrySet()) {
            var entry = new Entry(type.getValue(), begin);
            entries.put(type.getKey(), entry);
            begin = entry.endBytes();
        }
        return new SafetensorsHeader(entries, new TreeMap<>(metadata));
    }

    static SafetensorsHeader parse(Path file, byte[] json) throws MalformedFileException {
        return new SafetensorsParser(file).parse(json);
    }

    /// The length of the header, then the header, padded with spaces.
    ///
    /// @throws IllegalArgumentException if it is longer than [#BYTES_MAX]
    byte[] encode() {
        var json = json();
        int length = Math.ceilDiv(json.length, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
        require(length <= BYTES_MAX, "header: %d bytes (expected: at most %d)", length, BYTES_MAX);
        var bytes = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        while (bytes.hasRemaining()) bytes.put((byte) ' ');
        return bytes.array();
    }

    private byte[] json() {
        var bytes = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) writeMetadata(json);
            for (var entry : entries.entrySet()) writeEntry(json, entry.getKey(), entry.getValue());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail.
        }
        return bytes.toByteArray();
    }

    private void writeMetadata(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(METADATA);
        for (var text : metadata.entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
        json.writeEndObject();
    }

    private static void writeEntry(JsonGenerator json, String name, Entry entry)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("dtype", label(entry.type().dtype()));
        json.writeArrayFieldStart("shape");
        for (int dim : entry.type().shape().dims()) json.writeNumber(dim);
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(entry.beginBytes());
        json.writeNumber(entry.endBytes());
        json.writeEndArray();
        json.writeEndObject();
    }

    /// The format's name of an element type.
    static String label(DType dtype) {
        return switch (dtype) {
            case F32 -> "F32";
            case I32 -> "I32";
            case BOOL -> "BOOL";
        };
    }

    private static int rank(DType dtype) {
        return switch (dtype) {
            case F32 -> 0;
            case I32 -> 1;
            case BOOL -> 2;
        };
    }

    /// A key that sorts as the bytes of the name's UTF-8 form do: by code points.
    private static String utf8(String name) {
        return new String(name.getBytes(UTF_8), ISO_8859_1);
    }
}
