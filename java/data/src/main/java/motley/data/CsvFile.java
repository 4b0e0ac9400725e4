package motley.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import motley.data.Column.Form;
import motley.tensor.Shape;

/// A table: a sample a line, one column its target, the others its inputs.
///
/// A column whose every field is a finite number is one input, as it is or, on demand, less its
/// mean and over its standard deviation. Any other column of at most [#CATEGORIES_MAX] different
/// texts is as many inputs, of which the one of the line's text is 1 and the others 0; texts are in
/// the order of their characters. The same encoding serves every part of a data set.
///
/// The target is the number of a class where it is text, or where it is whole numbers from 0 on
/// below [#CATEGORIES_MAX]; else a number.
final class CsvFile implements SampleFile {
    static final int CATEGORIES_MAX = 1_000;
    private static final int INPUTS_MAX = 1 << 20;

    private final Options options;
    private final ArrayRows.Source source;
    private final CsvColumns columns;
    private final int count;

    /// How to read a table.
    ///
    /// @param header whether the first line names the columns: auto, yes or no. Auto: if no field
    ///     of it is a number
    /// @param label name or number, from 1, of the target's column; empty: the last
    /// @param drop names or numbers of columns to leave out
    /// @param target what targets are: auto, class or number
    /// @param isScaled whether numbers are brought to mean 0 and deviation 1
    record Options(
            String name,
            String header,
            String label,
            List<String> drop,
            ArrayForm target,
            boolean isScaled) {
        Options {
            drop = List.copyOf(drop);
            if (!List.of("auto", "yes", "no").contains(header)) {
                throw new IllegalArgumentException(
                        "header: %s (expected: auto, yes or no)".formatted(header));
            }
            if (target == ArrayForm.UNIT || target == ArrayForm.ONE_HOT) {
                throw new IllegalArgumentException(
                        "targets: %s (expected: auto, class or number, for a table)"
                                .formatted(target.text()));
            }
        }
    }

    private CsvFile(Options options, ArrayRows.Source source, CsvColumns columns, int count) {
        this.options = options;
        this.source = source;
        this.columns = columns;
        this.count = count;
    }

    /// Looks at the whole table, twice.
    static CsvFile open(Options options, ArrayRows.Source source) throws IOException {
        var columns = new CsvColumns(options, names(options, source));
        int count = pass(options, source, columns::look);
        if (columns.hasCategories()) pass(options, source, columns::collect);
        columns.settle();
        if (columns.inputs() > INPUTS_MAX || columns.inputs() < 1) {
            throw new DatasetException(
                    options.name,
                    "%d inputs (expected: 1 to %d)".formatted(columns.inputs(), INPUTS_MAX));
        }
        return new CsvFile(options, source, columns, count);
    }

    /// The same encoding for another table: that of the test samples.
    CsvFile likewise(String name, ArrayRows.Source other) throws IOException {
        var same =
                new Options(
                        name,
                        options.header,
                        options.label,
                        options.drop,
                        options.target,
                        options.isScaled);
        int lines = pass(same, other, columns::require);
        return new CsvFile(same, other, columns, lines);
    }

    private interface Line {
        void take(CsvLines lines, List<String> fields);
    }

    private static int pass(Options options, ArrayRows.Source source, Line line)
            throws IOException {
        try (var lines = CsvLines.open(options.name, source, (char) 0)) {
            var fields = CsvLines.record();
            if (!lines.next(fields)) throw new DatasetException(options.name, "empty");
            boolean isHeader = isHeader(options, fields);
            int count = 0;
            if (!isHeader) {
                line.take(lines, fields);
                count++;
            }
            while (lines.next(fields)) {
                line.take(lines, fields);
                if (++count == Integer.MAX_VALUE) throw lines.refused("more samples than 2^31");
            }
            if (count == 0) throw new DatasetException(options.name, "no line but the header");
            return count;
        }
    }

    private static boolean isHeader(Options options, List<String> fields) {
        return switch (options.header) {
            case "yes" -> true;
            case "no" -> false;
            default -> fields.stream().noneMatch(field -> CsvColumns.number(field).isPresent());
        };
    }

    /// The names of the columns; their numbers where the table has none.
    private static List<String> names(Options options, ArrayRows.Source source) throws IOException {
        try (var lines = CsvLines.open(options.name, source, (char) 0)) {
            var fields = CsvLines.record();
            lines.next(fields);
            if (isHeader(options, fields)) return List.copyOf(fields);
            var numbers = new ArrayList<String>();
            for (int i = 1; i <= fields.size(); i++) numbers.add("" + i);
            return numbers;
        }
    }

    @Override
    public SampleForm form() {
        var input = new Column(Form.F32, Shape.of(columns.inputs()));
        var target = new Column(columns.isClass() ? Form.I32 : Form.F32, new Shape(List.of()));
        return new SampleForm(input, target);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public List<String> classNames() {
        return columns.classNames();
    }

    @Override
    public Reader open() throws IOException {
        var lines = CsvLines.open(options.name, source, (char) 0);
        var fields = CsvLines.record();
        boolean isFirst = lines.next(fields) && !isHeader(options, fields);
        return new Lines(lines, fields, isFirst);
    }

    private final class Lines implements Reader {
        private final CsvLines lines;
        private final List<String> fields;
        private boolean isRead;

        Lines(CsvLines lines, List<String> fields, boolean isRead) {
            this.lines = lines;
            this.fields = fields;
            this.isRead = isRead;
        }

        @Override
        public void next(MemorySegment input, MemorySegment target) throws IOException {
            if (!isRead && !lines.next(fields)) throw lines.refused("the end (expected: a line)");
            isRead = false;
            columns.encode(lines, fields, form(), input, target);
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /// Which column an option names.
    static OptionalInt column(List<String> names, String wanted) {
        int byName = names.indexOf(wanted);
        if (byName >= 0) return OptionalInt.of(byName);
        boolean isNumber = wanted.matches("[0-9]{1,6}");
        int number = isNumber ? Integer.parseInt(wanted) : 0;
        return number >= 1 && number <= names.size()
                ? OptionalInt.of(number - 1)
                : OptionalInt.empty();
    }
}
