package motley.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import motley.compiler.kernel.Layout;
import motley.compiler.kernel.Operand;
import motley.tensor.DType;
import motley.tensor.Tensor;

/// The arenas of one plan: heap arrays, which the JIT compiles best. A bool is an int, 0 or 1.
final class Memory {
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final float[] floats;
    private final int[] ints;
    private final Layout layout;

    private Memory(float[] floats, int[] ints, Layout layout) {
        this.floats = floats;
        this.ints = ints;
        this.layout = layout;
    }

    /// Zeroed arenas of the size of `layout`, with scratch elements behind them.
    static Memory allocate(Layout layout, int scratchFloats, int scratchInts) {
        int floats = Math.addExact(layout.floats(), scratchFloats);
        int ints = Math.addExact(layout.ints(), scratchInts);
        return new Memory(new float[floats], new int[ints], layout);
    }

    float[] floats() {
        return floats;
    }

    int[] ints() {
        return ints;
    }

    /// Where the buffers lie.
    Layout layout() {
        return layout;
    }

    void write(Operand to, Tensor value) {
        int offset = layout.offset(to.buffer());
        int count = to.buffer().elements();
        var data = value.data();
        switch (to.type().dtype()) {
            case F32 -> MemorySegment.copy(data, F32, 0, floats, offset, count);
            case I32 -> MemorySegment.copy(data, I32, 0, ints, offset, count);
            case BOOL -> {
                for (int i = 0; i < count; i++) ints[offset + i] = value.getBoolean(i) ? 1 : 0;
            }
        }
    }

    void read(Operand from, Tensor into) {
        int offset = layout.offset(from.buffer());
        int count = from.buffer().elements();
        var data = into.data();
        switch (from.type().dtype()) {
            case F32 -> MemorySegment.copy(floats, offset, data, F32, 0, count);
            case I32 -> MemorySegment.copy(ints, offset, data, I32, 0, count);
            case BOOL -> {
                for (int i = 0; i < count; i++) into.setBoolean(i, ints[offset + i] != 0);
            }
        }
    }

    static boolean onFloats(DType dtype) {
        return dtype == DType.F32;
    }
}
