package motley.data;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/// What the columns of a table are, found out by looking at every line of it, and how a line
/// becomes a sample.
final class CsvColumns {
    private static final int TEXT_CHARS_MAX = 200;

    private final String table;
    private final CsvFile.Options options;
    private final Set<Integer> dropped = new HashSet<>();
    private final List<Kind> kinds = new ArrayList<>();
    private int target = -1;

    /// Of one column.
    private static final class Kind {
        private boolean isNumber = true;
        private boolean isWhole = true;
        private double largest = Double.NEGATIVE_INFINITY;
        private double smallest = Double.POSITIVE_INFINITY;
        private double mean;
        private double squares; // of differences from the mean
        private long count;
        private TreeSet<String> texts = new TreeSet<>();
        private List<String> categories = List.of();

        /// Source: Welford 1962.
        void add(double value) {
            count++;
            double difference = value - mean;
            mean += difference / count;
            squares += difference * (value - mean);
            isWhole &= value == Math.rint(value);
            largest = Math.max(largest, value);
            smallest = Math.min(smallest, value);
        }

        double deviation() {
            double variance = squares / count;
            return variance > 0 ? Math.sqrt(variance) : 1;
        }
    }

    /// @param names of the columns, from the header
    CsvColumns(CsvFile.Options options, List<String> names) {
        this.options = options;
        table = options.name();
        for (int i = 0; i < names.size(); i++) kinds.add(new Kind());
        target =
                options.label().isEmpty()
                        ? names.size() - 1
                        : named(names, options.label(), "labelColumn");
        for (var name : options.drop()) dropped.add(named(names, name, "drop"));
        if (dropped.contains(target)) {
            throw new DatasetException(table, "drop: the column of targets (expected: another)");
        }
    }

    private int named(List<String> names, String wanted, String option) {
        var found = CsvFile.column(names, wanted);
        if (found.isPresent()) return found.getAsInt();
        var some = names.subList(0, Math.min(names.size(), 20));
        throw new DatasetException(
                table, "%s: %s (expected: one of the columns %s)".formatted(option, wanted, some));
    }

    /// A finite number, if a field is one.
    static OptionalDouble number(String field) {
        if (field.isEmpty() || field.length() > 40) return OptionalDouble.empty();
        char first = field.charAt(0);
        boolean canBe = (first >= '0' && first <= '9') || "+-.".indexOf(first) >= 0;
        char last = field.charAt(field.length() - 1);
        if (!canBe || last == 'd' || last == 'f' || last == 'D' || last == 'F') {
            return OptionalDouble.empty();
        }
        try {
            double value = Double.parseDouble(field);
            return Float.isFinite((float) value)
                    ? OptionalDouble.of(value)
                    : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /// First pass: which columns are numbers.
    void look(CsvLines lines, List<String> fields) {
        requireWidth(lines, fields);
        for (int i = 0; i < kinds.size(); i++) {
            if (dropped.contains(i)) continue;
            var kind = kinds.get(i);
            if (fields.get(i).isEmpty()) throw empty(lines, i);
            var number = kind.isNumber ? number(fields.get(i)) : OptionalDouble.empty();
            if (number.isPresent()) kind.add(number.getAsDouble());
            else kind.isNumber = false;
        }
    }

    private void requireWidth(CsvLines lines, List<String> fields) {
        if (fields.size() == kinds.size()) return;
        throw lines.refused(
                "%d columns (expected: %d, as in the first line)"
                        .formatted(fields.size(), kinds.size()));
    }

    private static DatasetException empty(CsvLines lines, int column) {
        return lines.refused(
                "column %d is empty (expected: a number or a text)".formatted(column + 1));
    }

    boolean hasCategories() {
        for (int i = 0; i < kinds.size(); i++) {
            if (isCategorical(i)) return true;
        }
        return false;
    }

    private boolean isCategorical(int column) {
        if (dropped.contains(column)) return false;
        var kind = kinds.get(column);
        if (column != target) return !kind.isNumber;
        if (options.target() == ArrayForm.NUMBER) return false;
        return !kind.isNumber || (options.target() == ArrayForm.CLASS && !isNumbered(kind));
    }

    /// Whether whole numbers are classes by themselves.
    private static boolean isNumbered(Kind kind) {
        return kind.isNumber
                && kind.isWhole
                && kind.smallest >= 0
                && kind.largest < CsvFile.CATEGORIES_MAX;
    }

    boolean isClass() {
        var kind = kinds.get(target);
        return switch (options.target()) {
            case NUMBER -> false;
            case CLASS -> true;
            case AUTO, UNIT, ONE_HOT -> !kind.isNumber || isNumbered(kind);
        };
    }

    /// Second pass: which texts there are.
    void collect(CsvLines lines, List<String> fields) {
        requireWidth(lines, fields);
        for (int i = 0; i < kinds.size(); i++) {
            if (!isCategorical(i)) continue;
            var texts = kinds.get(i).texts;
            var text = fields.get(i);
            if (text.length() > TEXT_CHARS_MAX) {
                throw lines.refused(
                        "column %d: a text of %d characters (expected: at most %d)"
                                .formatted(i + 1, text.length(), TEXT_CHARS_MAX));
            }
            texts.add(text);
            if (texts.size() > CsvFile.CATEGORIES_MAX) {
                throw lines.refused(
                        "column %d: over %d different texts (expected: fewer, numbers, or to drop"
                                        .formatted(i + 1, CsvFile.CATEGORIES_MAX)
                                + " the column)");
            }
        }
    }

    /// The passes are over.
    void settle() {
        if (options.target() == ArrayForm.NUMBER && !kinds.get(target).isNumber) {
            throw new DatasetException(
                    table, "targets: texts (expected: numbers, or targets class)");
        }
        for (var kind : kinds) {
            kind.categories = List.copyOf(kind.texts);
            kind.texts = new TreeSet<>();
        }
    }

    int inputs() {
        long inputs = 0;
        for (int i = 0; i < kinds.size(); i++) {
            if (i == target || dropped.contains(i)) continue;
            inputs += kinds.get(i).isNumber ? 1 : kinds.get(i).categories.size();
        }
        return (int) Math.min(inputs, Integer.MAX_VALUE);
    }

    List<String> classNames() {
        return isClass() ? kinds.get(target).categories : List.of();
    }

    /// Whether a line of another table can be encoded likewise.
    void require(CsvLines lines, List<String> fields) {
        requireWidth(lines, fields);
        for (int i = 0; i < kinds.size(); i++) {
            if (!dropped.contains(i)) value(lines, fields, i);
        }
    }

    /// The number of a field, or the place of its text.
    private double value(CsvLines lines, List<String> fields, int column) {
        var kind = kinds.get(column);
        var field = fields.get(column);
        if (isCategorical(column)) {
            int place = Collections.binarySearch(kind.categories, field);
            if (place >= 0) return place;
            throw lines.refused(
                    "column %d: %s (expected: a text that the first table has)"
                            .formatted(column + 1, field));
        }
        var number = number(field);
        if (number.isPresent()) return number.getAsDouble();
        throw lines.refused("column %d: %s (expected: a number)".formatted(column + 1, field));
    }

    /// Writes the sample of a line.
    void encode(
            CsvLines lines,
            List<String> fields,
            SampleForm form,
            MemorySegment input,
            MemorySegment to) {
        requireWidth(lines, fields);
        input.fill((byte) 0);
        int at = 0;
        for (int i = 0; i < kinds.size(); i++) {
            if (dropped.contains(i)) continue;
            double value = value(lines, fields, i);
            var kind = kinds.get(i);
            if (i == target) {
                form.target().set(to, 0, 0, value);
            } else if (kind.isNumber) {
                form.input().set(input, 0, at++, options.isScaled() ? scaled(kind, value) : value);
            } else {
                form.input().set(input, 0, at + (int) value, 1);
                at += kind.categories.size();
            }
        }
    }

    private static double scaled(Kind kind, double value) {
        return (value - kind.mean) / kind.deviation();
    }
}
