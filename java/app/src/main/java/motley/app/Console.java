package motley.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes for people or for programs. Progress is redrawn in place on a terminal and written as
/// ordinary lines, now and then, elsewhere.
///
/// Thread-safe: one line at a time.
final class Console {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out;
    private final boolean isJson;
    private final boolean isTerminal;
    private int progressLength;

    Console(PrintStream out, boolean isJson, boolean isTerminal) {
        this.out = out;
        this.isJson = isJson;
        this.isTerminal = isTerminal && !isJson;
    }

    boolean isJson() {
        return isJson;
    }

    boolean isTerminal() {
        return isTerminal;
    }

    /// A sentence for people; programs do not see it.
    synchronized void say(String text) {
        if (isJson) return;
        clearProgress();
        out.println(text);
        out.flush();
    }

    /// An object for programs; people do not see it.
    synchronized void emit(String type, Map<String, ?> fields) {
        if (!isJson) return;
        var object = new LinkedHashMap<String, Object>();
        object.put("type", type);
        object.putAll(fields);
        try {
            out.println(JSON.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(type + ": not writable as JSON", e);
        }
        out.flush();
    }

    /// A line that the next one replaces, on a terminal only.
    synchronized void progress(String text) {
        if (!isTerminal) return;
        out.print("\r" + text + " ".repeat(Math.max(0, progressLength - text.length())));
        progressLength = text.length();
        out.flush();
    }

    private void clearProgress() {
        if (progressLength == 0) return;
        out.print("\r" + " ".repeat(progressLength) + "\r");
        progressLength = 0;
    }

    /// Columns as wide as their longest cell, two spaces apart.
    void table(List<String> header, List<List<String>> rows) {
        var widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = header.get(i).length();
            for (var row : rows) widths[i] = Math.max(widths[i], row.get(i).length());
        }
        say(line(header, widths));
        for (var row : rows) say(line(row, widths));
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }
}
