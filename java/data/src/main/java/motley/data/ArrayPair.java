package motley.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Samples in two arrays with equally many rows: inputs and targets, each in the NPY or the IDX
/// form.
final class ArrayPair implements SampleFile {
    private final Part inputs;
    private final Part targets;
    private final SampleForm form;
    private final int count;

    /// An array and what becomes of it.
    record Part(String name, ArrayRows.Source source, ArrayForm form) {
        private ArrayRows open() throws IOException {
            return ArrayRows.open(name, source);
        }
    }

    private ArrayPair(Part inputs, Part targets, SampleForm form, int count) {
        this.inputs = inputs;
        this.targets = targets;
        this.form = form;
        this.count = count;
    }

    /// @throws DatasetException if a header is unusable, or the counts differ
    static ArrayPair of(Part inputs, Part targets) throws IOException {
        try (var x = inputs.open();
                var y = targets.open()) {
            if (x.header().count() != y.header().count()) {
                throw new DatasetException(
                        targets.name,
                        "%d rows (expected: %d, as many as %s has)"
                                .formatted(y.header().count(), x.header().count(), inputs.name));
            }
            var form =
                    new SampleForm(
                            inputs.form.column(x.header(), true),
                            targets.form.column(y.header(), false));
            return new ArrayPair(inputs, targets, form, x.header().count());
        } catch (IllegalArgumentException e) {
            throw new DatasetException(inputs.name, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public SampleForm form() {
        return form;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }

    @Override
    public Reader open() throws IOException {
        var x = inputs.open();
        try {
            return new Rows(x, targets.open());
        } catch (IOException | RuntimeException e) {
            x.close();
            throw e;
        }
    }

    private final class Rows implements Reader {
        private final ArrayRows x;
        private final ArrayRows y;
        private int row;

        Rows(ArrayRows x, ArrayRows y) {
            this.x = x;
            this.y = y;
        }

        @Override
        public void next(MemorySegment input, MemorySegment target) throws IOException {
            inputs.form.encode(x.header(), row, x.next(), form.input(), input);
            targets.form.encode(y.header(), row, y.next(), form.target(), target);
            row++;
        }

        @Override
        public void close() throws IOException {
            try (x) {
                y.close();
            }
        }
    }
}
