package motley.coordinator.datasets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import motley.coordinator.http.Reply;
import motley.data.Column;
import motley.data.Column.Form;
import motley.data.SampleForm;
import motley.tensor.DType;

/// What is found in samples while they are cut: ranges, mean, deviation, how many of each class.
final class Tally {
    /// Beyond so many, targets are numbers rather than classes.
    static final int CLASSES_MAX = 100_000;

    private final SampleForm form;
    private final long[] bytes = new long[256]; // Of inputs in bytes, how often each.
    private long[] classes = new long[16];
    private boolean isClass;
    private int largest = -1;
    private long count;
    private double sum;
    private double squares;
    private double smallestInput = Double.POSITIVE_INFINITY;
    private double largestInput = Double.NEGATIVE_INFINITY;

    Tally(SampleForm form) {
        this.form = form;
        isClass = form.target().type().dtype() == DType.I32;
    }

    void add(MemorySegment input, MemorySegment target) {
        addInput(input);
        if (!isClass) return;
        for (int i = 0; i < form.target().count(); i++) addClass(number(form.target(), target, i));
    }

    private void addInput(MemorySegment input) {
        var column = form.input();
        boolean isByte = column.form() == Form.UNIT || column.form() == Form.U8;
        count += column.count();
        for (int i = 0; i < column.count(); i++) {
            if (isByte) {
                bytes[Byte.toUnsignedInt(input.get(ValueLayout.JAVA_BYTE, i))]++;
                continue;
            }
            double value = number(column, input, i);
            sum += value;
            squares += value * value;
            smallestInput = Math.min(smallestInput, value);
            largestInput = Math.max(largestInput, value);
        }
    }

    private static double number(Column column, MemorySegment row, int index) {
        return switch (column.form()) {
            case F32 -> row.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * index);
            case I32 -> row.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * index);
            case U8, UNIT -> Byte.toUnsignedInt(row.get(ValueLayout.JAVA_BYTE, index));
        };
    }

    private void addClass(double number) {
        if (number < 0 || number >= CLASSES_MAX) {
            isClass = false;
            return;
        }
        int label = (int) number;
        if (label >= classes.length) {
            classes = Arrays.copyOf(classes, Math.max(label + 1, 2 * classes.length));
        }
        classes[label]++;
        largest = Math.max(largest, label);
    }

    /// Targets are below it; 0 where they are no numbers of classes.
    int classes() {
        return isClass ? largest + 1 : 0;
    }

    /// @param names of the classes; may be empty
    ObjectNode json(List<String> names) {
        double scale = form.input().form() == Form.UNIT ? 255 : 1;
        for (int value = 0; value < bytes.length; value++) {
            if (bytes[value] == 0) continue;
            double shown = value / scale;
            sum += bytes[value] * shown;
            squares += bytes[value] * shown * shown;
            smallestInput = Math.min(smallestInput, shown);
            largestInput = Math.max(largestInput, shown);
        }
        Arrays.fill(bytes, 0);
        double mean = sum / count;
        var object =
                Reply.object()
                        .put("inputMin", smallestInput)
                        .put("inputMax", largestInput)
                        .put("inputMean", mean)
                        .put(
                                "inputDeviation",
                                Math.sqrt(Math.max(0, squares / count - mean * mean)));
        if (!isClass) return object;
        var histogram = object.putArray("classCounts");
        for (int label = 0; label <= largest; label++) histogram.add(classes[label]);
        var called = object.putArray("classNames");
        names.forEach(called::add);
        return object;
    }
}
