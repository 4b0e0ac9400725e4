package motley.webgpu.wgsl;

import java.util.ArrayList;
import java.util.List;

/// A text in WGSL, line by line.
final class Wgsl {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    /// Appends a line; a closing brace at its start ends a block, an opening one at its end begins
    /// one.
    Wgsl line(String format, Object... args) {
        var line = args.length == 0 ? format : format.formatted(args);
        if (line.startsWith("}")) depth--;
        text.append("  ".repeat(Math.max(0, depth))).append(line).append('\n');
        if (line.endsWith("{")) depth++;
        return this;
    }

    /// `for` over `0 ≤ name < extent`.
    Wgsl loop(String name, int extent) {
        return line("for (var %s = 0; %s < %d; %s++) {", name, name, extent, name);
    }

    Wgsl end() {
        return line("}");
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /// `offset + Σ strides[a]·names[a]`, an i32.
    static String affine(int offset, List<Integer> strides, List<String> names) {
        var terms = new ArrayList<String>();
        if (offset != 0) terms.add(Integer.toString(offset));
        for (int axis = 0; axis < strides.size(); axis++) {
            int stride = strides.get(axis);
            if (stride == 0 || names.get(axis).equals("0")) continue;
            if (stride == 1) terms.add(names.get(axis));
            else if (stride < 0) terms.add("(" + stride + ") * " + names.get(axis));
            else terms.add(stride + " * " + names.get(axis));
        }
        return terms.isEmpty() ? "0" : String.join(" + ", terms);
    }

    /// Lets `names[a]` be the row-major indices of `from` in `extents`; axes of size 1 get `"0"`.
    List<String> split(String from, List<Integer> extents, String prefix) {
        var names = new ArrayList<String>();
        int inner = 1;
        var inners = new int[extents.size()];
        for (int axis = extents.size() - 1; axis >= 0; axis--) {
            inners[axis] = inner;
            inner *= extents.get(axis);
        }
        for (int axis = 0; axis < extents.size(); axis++) {
            if (extents.get(axis) == 1) {
                names.add("0");
                continue;
            }
            names.add(prefix + axis);
            var quotient = inners[axis] == 1 ? from : from + " / " + inners[axis];
            boolean outermost = (long) inners[axis] * extents.get(axis) == inner;
            var index = outermost ? quotient : quotient + " % " + extents.get(axis);
            line("let %s%d = %s;", prefix, axis, index);
        }
        return names;
    }
}
