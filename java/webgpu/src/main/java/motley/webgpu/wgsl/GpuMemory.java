package motley.webgpu.wgsl;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.device.DevicePlan;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Plan;
import motley.compiler.kernel.Target;
import motley.tensor.DType;

/// Where the values of a plan lie on the device: its arenas cut into buffers, floats first.
final class GpuMemory {
    /// Bindings begin at multiples of this many bytes on every device.
    private static final int ALIGNMENT_BYTES = 256;

    private static final int EACH = Integer.BYTES;

    /// No device needs larger ones, and drivers find place for these.
    private static final long PIECE_BYTES_MAX = 1L << 30;

    private final Plan plan;
    private final GpuLimits limits;
    private final long pieceBytes;
    private final int floatPieces;

    private GpuMemory(Plan plan, GpuLimits limits) {
        this.plan = plan;
        this.limits = limits;
        pieceBytes = pieceBytes(limits);
        floatPieces =
                Math.toIntExact(Math.ceilDiv((long) EACH * plan.layout().floats(), pieceBytes));
    }

    /// The memory of `plan`, which was made for [#target].
    static GpuMemory of(Plan plan, GpuLimits limits) {
        return new GpuMemory(plan, limits);
    }

    static Target target(GpuLimits limits) {
        return new Target(ALIGNMENT_BYTES / EACH, pieceBytes(limits) / EACH, false);
    }

    private static long pieceBytes(GpuLimits limits) {
        long bytes = Math.min(limits.bufferBytes(), PIECE_BYTES_MAX);
        return bytes - bytes % ALIGNMENT_BYTES;
    }

    GpuLimits limits() {
        return limits;
    }

    /// The most bytes of one binding; the next may begin where they end.
    long pieceOfBinding() {
        return limits.bindingBytes() - limits.bindingBytes() % ALIGNMENT_BYTES;
    }

    DevicePlan.Place place(Buffer buffer) {
        boolean floats = buffer.dtype() == DType.F32;
        long at = (long) EACH * plan.layout().offset(buffer);
        int piece = (int) (at / pieceBytes) + (floats ? 0 : floatPieces);
        return new DevicePlan.Place(piece, at % pieceBytes, buffer.bytes());
    }

    /// Sizes of the device's buffers in bytes.
    List<Long> buffers() {
        var sizes = new ArrayList<Long>();
        for (int elements : new int[] {plan.layout().floats(), plan.layout().ints()}) {
            long left = (long) EACH * elements;
            while (left > 0) {
                sizes.add(Math.min(left, pieceBytes));
                left -= pieceBytes;
            }
        }
        return sizes;
    }

    /// Whether a buffer holds floats.
    boolean isFloats(int buffer) {
        return buffer < floatPieces;
    }
}
