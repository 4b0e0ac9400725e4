package motley.compiler.kernel;

import java.util.Map;

/// Where each buffer of a plan lies: floats in one arena, ints and bools (as 0 or 1) in another.
///
/// @param offsets of the buffers by id, in elements of their arena, multiples of [#ALIGNMENT]
/// @param floats elements of the float arena
/// @param ints elements of the int arena
public record Layout(Map<Integer, Integer> offsets, int floats, int ints) {
    /// Buffers begin at multiples of this many elements: one cache line.
    public static final int ALIGNMENT = 16;

    /// Most elements of one arena: what a Java array can hold, less room for scratch memory.
    public static final int ELEMENTS_MAX = Integer.MAX_VALUE - (1 << 27);

    public Layout {
        offsets = Map.copyOf(offsets);
    }

    /// Of both arenas, four to an element.
    public long bytes() {
        return 4L * floats + 4L * ints;
    }

    public int offset(Buffer buffer) {
        var offset = offsets.get(buffer.id());
        if (offset == null) throw new IllegalStateException("no place for " + buffer);
        return offset;
    }
}
