package motley.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The records of a CSV file, one after the other; fields in quotes may hold separators, line ends
/// and doubled quotes. Empty lines are passed over.
///
/// Source: RFC 4180; differs: any of `,`, `;` and tab may separate, and lines may end in LF alone.
final class CsvLines implements AutoCloseable {
    static final int COLUMNS_MAX = 16_384;
    private static final int FIELD_CHARS_MAX = 10_000;
    private static final int END = -1;

    /// What the decoder puts in the place of bytes that are none.
    private static final int NOT_TEXT = 0xFFFD;

    private final String name;
    private final Reader in;
    private final char separator;
    private int line = 1;
    private int firstLine = 1;
    private int next;

    private CsvLines(String name, Reader in, char separator) {
        this.name = name;
        this.in = in;
        this.separator = separator;
    }

    /// @param separator 0: whichever of the usual ones the first line has most of
    static CsvLines open(String name, ArrayRows.Source source, char separator) throws IOException {
        char chosen = separator == 0 ? guess(source) : separator;
        var lines = new CsvLines(name, reader(source.open()), chosen);
        lines.next = lines.read();
        if (lines.next == 0xFEFF) lines.next = lines.read(); // A byte order mark.
        return lines;
    }

    private static Reader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    }

    private static char guess(ArrayRows.Source source) throws IOException {
        try (var in = source.open()) {
            var start = new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8);
            var first = start.lines().findFirst().orElse("");
            char best = ',';
            long most = 0;
            for (char candidate : new char[] {',', ';', '\t'}) {
                long count = first.chars().filter(c -> c == candidate).count();
                if (count > most) best = candidate;
                most = Math.max(most, count);
            }
            return best;
        }
    }

    /// Fills in the next record.
    ///
    /// @return false at the end
    /// @throws DatasetException naming the line, if it is malformed
    boolean next(List<String> fields) throws IOException {
        while (next == '\n' || next == '\r') next = read();
        fields.clear();
        firstLine = line;
        if (next == END) return false;
        while (true) {
            if (fields.size() == COLUMNS_MAX) {
                throw refused("more columns (expected: at most %d)".formatted(COLUMNS_MAX));
            }
            fields.add(next == '"' ? quoted() : plain());
            if (next != separator) return true;
            next = read();
            if (next == END) {
                fields.add("");
                return true;
            }
        }
    }

    DatasetException refused(String reason) {
        return new DatasetException(name, "line %d: %s".formatted(firstLine, reason));
    }

    private String plain() throws IOException {
        var field = new StringBuilder();
        while (next != separator && next != '\n' && next != '\r' && next != END) {
            append(field, next);
            next = read();
        }
        return field.toString().strip();
    }

    private String quoted() throws IOException {
        var field = new StringBuilder();
        next = read();
        while (true) {
            if (next == END) throw refused("a quote that does not end");
            if (next == '"') {
                next = read();
                if (next != '"') break;
            }
            append(field, next);
            next = read();
        }
        while (next == ' ') next = read();
        boolean isOver = next == separator || next == '\n' || next == '\r' || next == END;
        if (!isOver) throw refused("%s after a quote".formatted(shown(next)));
        return field.toString();
    }

    private void append(StringBuilder field, int character) {
        if (field.length() == FIELD_CHARS_MAX) {
            throw refused("a field over %d characters".formatted(FIELD_CHARS_MAX));
        }
        if (character == 0) throw refused("a zero byte (expected: text)");
        field.append((char) character);
    }

    private static String shown(int character) {
        return Character.isISOControl(character) ? "a control character" : "" + (char) character;
    }

    private int read() throws IOException {
        int character = in.read();
        if (character == '\n') line++;
        if (character != NOT_TEXT) return character;
        throw new DatasetException(
                name, "line %d: bytes that are no text in UTF-8".formatted(line));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    static List<String> record() {
        return new ArrayList<>();
    }
}
