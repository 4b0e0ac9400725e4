package motley.data;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import motley.data.Column.Form;
import motley.tensor.Shape;

/// What becomes of the elements of an array.
enum ArrayForm {
    /// Floats stay floats and integers integers; bytes of two or three axes are pixels.
    AUTO,
    /// Bytes as parts of 255: pixels.
    UNIT,
    /// Floats.
    NUMBER,
    /// Integers; floats must be whole.
    CLASS,
    /// Rows with a single 1, as the number of its place.
    ONE_HOT;

    /// @throws IllegalArgumentException if there is none of that name
    static ArrayForm named(String field, String name) {
        var names = new ArrayList<String>();
        for (var form : values()) {
            if (form.text().equals(name)) return form;
            names.add(form.text());
        }
        require(false, "%s: %s (expected: one of %s)", field, name, String.join(", ", names));
        return AUTO;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// How rows of such an array are kept.
    ///
    /// @throws DatasetException if they cannot be
    Column column(ArrayHeader header, boolean isInput) {
        var row = header.row();
        return switch (this) {
            case AUTO -> {
                boolean isPixels =
                        isInput
                                && header.element() == ArrayElement.U8
                                && (row.rank() == 2 || row.rank() == 3);
                if (isPixels) yield UNIT.column(header, true);
                yield (header.element().isFloat() ? NUMBER : CLASS).column(header, isInput);
            }
            case UNIT -> {
                requireElement(header, header.element().isByte(), "bytes, u1");
                yield new Column(Form.UNIT, row.rank() == 2 ? withChannel(row) : row);
            }
            case NUMBER -> new Column(Form.F32, row);
            case CLASS -> {
                boolean isByte = header.element().isByte() && !isInput;
                boolean isScalar = !isInput && row.count() == 1;
                yield new Column(
                        isByte ? Form.U8 : Form.I32, isScalar ? new Shape(List.of()) : row);
            }
            case ONE_HOT -> {
                requireElement(header, row.rank() == 1, "one axis beside the samples");
                yield new Column(Form.I32, new Shape(List.of()));
            }
        };
    }

    private void requireElement(ArrayHeader header, boolean holds, String expected) {
        if (holds) return;
        throw new DatasetException(
                header.name(),
                "%s%s as %s (expected: %s)"
                        .formatted(header.element().label(), header.row(), text(), expected));
    }

    private static Shape withChannel(Shape row) {
        var dims = new ArrayList<>(row.dims());
        dims.add(1);
        return new Shape(dims);
    }

    /// Writes a row of the file into `to`.
    ///
    /// @throws DatasetException naming the row, if an element does not fit
    void encode(ArrayHeader header, int row, ByteBuffer from, Column column, MemorySegment to) {
        var element = header.element();
        int size = element.sizeBytes();
        if (this == ONE_HOT) {
            column.set(to, 0, 0, place(header, row, from));
            return;
        }
        switch (column.form()) {
            case UNIT, U8 -> {
                MemorySegment.copy(MemorySegment.ofBuffer(from.clear()), 0, to, 0, column.count());
                if (element == ArrayElement.BOOL) normalize(column, to);
            }
            case F32 -> {
                for (int i = 0; i < column.count(); i++) {
                    float value = element.floatAt(from, i * size);
                    if (!Float.isFinite(value)) throw wrong(header, row, i, value, "a finite f32");
                    column.set(to, 0, i, value);
                }
            }
            case I32 -> {
                for (int i = 0; i < column.count(); i++) {
                    column.set(to, 0, i, whole(header, row, i, from));
                }
            }
        }
    }

    private static void normalize(Column column, MemorySegment row) {
        for (int i = 0; i < column.count(); i++) {
            boolean isTrue = column.number(row, 0, i) != 0;
            column.set(row, 0, i, isTrue && column.form() == Form.UNIT ? 255 : isTrue ? 1 : 0);
        }
    }

    private static int whole(ArrayHeader header, int row, int i, ByteBuffer from) {
        int at = i * header.element().sizeBytes();
        long value = header.element().integerAt(from, at);
        if (header.element().isFloat() && header.element().floatAt(from, at) != value) {
            throw wrong(header, row, i, header.element().floatAt(from, at), "a whole number");
        }
        if (value != (int) value) throw wrong(header, row, i, (double) value, "an i32");
        return (int) value;
    }

    private static int place(ArrayHeader header, int row, ByteBuffer from) {
        int place = -1;
        for (int i = 0; i < header.row().count(); i++) {
            float value = header.element().floatAt(from, i * header.element().sizeBytes());
            if (value == 0) continue;
            if (value != 1 || place >= 0) throw wrong(header, row, i, value, "a single 1 a row");
            place = i;
        }
        if (place < 0) throw wrong(header, row, 0, 0, "a single 1 a row");
        return place;
    }

    private static DatasetException wrong(
            ArrayHeader header, int row, int element, double value, String expected) {
        return new DatasetException(
                header.name(),
                "row %d, element %d: %s (expected: %s)"
                        .formatted(row, element, number(value), expected));
    }

    private static String number(double value) {
        return value == (long) value ? "" + (long) value : "" + value;
    }
}
