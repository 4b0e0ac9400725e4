package motley.interchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.interchange.SafetensorsHeader.Entry;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Reads the header of a safetensors file, which may come from anybody.
///
/// @param file named in errors
record SafetensorsParser(Path file) {
    private static final int NAME_LENGTH_MAX = 1 << 10;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(3)
                                    .maxNameLength(NAME_LENGTH_MAX)
                                    .maxNumberLength(20)
                                    .build())
                    .build();

    SafetensorsHeader parse(byte[] bytes) throws MalformedFileException {
        check(bytes[0] == '{', "header: does not begin with {");
        try (var json = JSON.createParser(bytes)) {
            var entries = new LinkedHashMap<String, Entry>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(json.nextToken(), JsonToken.START_OBJECT);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                expect(json.nextToken(), JsonToken.START_OBJECT);
                if (name.equals(SafetensorsHeader.METADATA)) metadata = metadata(json);
                else entries.put(name, entry(json, name));
            }
            check(json.nextToken() == null, "header: more than one value");
            return new SafetensorsHeader(inOrder(entries), metadata);
        } catch (MalformedFileException e) {
            throw e;
        } catch (JsonProcessingException e) { // Its whole message has several lines.
            throw new MalformedFileException(file, "header: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new MalformedFileException(file, "header: " + e.getMessage(), e);
        }
    }

    private Map<String, String> metadata(JsonParser json) throws IOException {
        var metadata = new LinkedHashMap<String, String>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING);
            metadata.put(name, json.getText());
        }
        return metadata;
    }

    private Entry entry(JsonParser json, String name) throws IOException {
        var dtype = "";
        List<Long> dims = List.of();
        List<Long> offsets = List.of();
        var seen = new ArrayList<String>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var field = json.currentName();
            seen.add(field);
            json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(json.currentToken(), JsonToken.VALUE_STRING);
                    dtype = json.getText();
                }
                case "shape" -> dims = numbers(json);
                case "data_offsets" -> offsets = numbers(json);
                default -> throw problem(name + ": unknown field " + field);
            }
        }
        check(seen.size() == 3, "%s: fields %s (expected: dtype, shape, data_offsets)", name, seen);
        var type = new TensorType(dtype(name, dtype), shape(name, dims));
        check(offsets.size() == 2, "%s: offsets %s (expected: 2)", name, offsets);
        var entry = new Entry(type, offsets.getFirst());
        check(
                offsets.getLast() == entry.endBytes(),
                "%s: offsets %s (expected: %d bytes for %s)",
                name,
                offsets,
                type.sizeBytes(),
                type);
        return entry;
    }

    private List<Long> numbers(JsonParser json) throws IOException {
        expect(json.currentToken(), JsonToken.START_ARRAY);
        var numbers = new ArrayList<Long>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT);
            long number = json.getLongValue();
            check(number >= 0, "header: %d (expected: not negative)", number);
            numbers.add(number);
        }
        return numbers;
    }

    private DType dtype(String name, String label) throws MalformedFileException {
        for (var dtype : DType.values()) {
            if (SafetensorsHeader.label(dtype).equals(label)) return dtype;
        }
        var known = Arrays.stream(DType.values()).map(SafetensorsHeader::label).toList();
        throw problem("%s: element type %s (expected: one of %s)".formatted(name, label, known));
    }

    private Shape shape(String name, List<Long> dims) throws MalformedFileException {
        try {
            return new Shape(dims.stream().map(Math::toIntExact).toList());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedFileException(file, name + ": " + e.getMessage(), e);
        }
    }

    /// The entries by their offsets, which must neither overlap nor leave gaps.
    private Map<String, Entry> inOrder(Map<String, Entry> entries) throws MalformedFileException {
        var byOffset =
                Comparator.<Map.Entry<String, Entry>>comparingLong(
                        entry -> entry.getValue().beginBytes());
        var ordered = new LinkedHashMap<String, Entry>();
        long end = 0;
        for (var named : entries.entrySet().stream().sorted(byOffset).toList()) {
            var entry = named.getValue();
            check(
                    entry.beginBytes() == end,
                    "%s: begins at byte %d (expected: %d, the end of the tensor before)",
                    named.getKey(),
                    entry.beginBytes(),
                    end);
            end = entry.endBytes();
            ordered.put(named.getKey(), entry);
        }
        return ordered;
    }

    private void expect(JsonToken found, JsonToken expected) throws MalformedFileException {
        check(found == expected, "header: %s (expected: %s)", found, expected);
    }

    private void check(boolean holds, String problem, Object... args)
            throws MalformedFileException {
        if (!holds) throw problem(problem.formatted(args));
    }

    private MalformedFileException problem(String text) {
        return new MalformedFileException(file, text);
    }
}
