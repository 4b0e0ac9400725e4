package motley.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Kernel.Part;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Store;
import motley.program.Op;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Divides a kernel into kernels of fewer points, for one thread each: the first axis of loops and
/// folds, columns or rows of a product, images of a convolution or pooling. No sum is cut, so each
/// result has the bits it would have had.
final class Division {
    /// Less work than this, in operations on one element, is not worth another thread.
    static final long WORK_MIN = 1 << 15;

    /// Bounds of what threads write together lie at multiples of a line of memory, where an axis
    /// is all there is.
    private static final int LINE = 16;

    private static final int ROWS = 2;
    private static final int TERMS = 3;
    private static final int COLUMNS = 4;

    private Division() {}

    /// Part of a kernel.
    ///
    /// @param shifts elements by which buffers of it begin later
    record Slice(Kernel kernel, Map<Buffer, Integer> shifts) {}

    /// From `first` up to `first + count`.
    record Range(int first, int count) {}

    /// Up to `parts` ranges of `[0, size)` that begin at multiples of `unit`, of about equal size.
    static List<Range> ranges(int size, int parts, int unit) {
        int units = Math.ceilDiv(size, unit);
        int count = Math.min(parts, units);
        var ranges = new ArrayList<Range>();
        for (int i = 0; i < count; i++) {
            int first = (int) ((long) units * i / count) * unit;
            int end = Math.min(size, (int) ((long) units * (i + 1) / count) * unit);
            ranges.add(new Range(first, end - first));
        }
        return ranges;
    }

    /// One part, if it is not worth dividing or cannot be divided.
    static List<Slice> of(Kernel kernel, int threads) {
        var whole = List.of(new Slice(kernel, Map.of()));
        return switch (kernel) {
            case Kernel.Stage stage -> isDivisible(stage) ? stages(stage, threads) : whole;
            case Kernel.Product product -> products(product, threads);
            case Kernel.Call call -> isDivisible(call) ? calls(call, threads) : whole;
            case Kernel.Rows _, Kernel.Gradients _ -> whole;
        };
    }

    // ---- Loops and folds -------------------------------------------------------------------

    private static boolean isDivisible(Kernel.Stage stage) {
        boolean keeps = !(stage instanceof Kernel.Fold fold) || fold.kept() > 0;
        return keeps && work(stage) >= WORK_MIN;
    }

    /// Operations of all points.
    static long work(Kernel.Stage stage) {
        long points = 1;
        for (int extent : stage.extents()) points *= extent;
        return points * stage.nodes().size();
    }

    private static List<Slice> stages(Kernel.Stage stage, int threads) {
        int unit = stage.extents().size() == 1 ? LINE : 1;
        return ranges(stage.extents().getFirst(), threads, unit).stream()
                .map(range -> new Slice(part(stage, range), Map.of()))
                .toList();
    }

    private static Kernel part(Kernel.Stage stage, Range range) {
        var extents = new ArrayList<>(stage.extents());
        extents.set(0, range.count());
        var nodes = stage.nodes().stream().map(node -> from(node, range.first())).toList();
        var stores = stage.stores().stream().map(store -> from(store, range.first())).toList();
        return switch (stage) {
            case Kernel.Loop _ -> new Kernel.Loop(extents, nodes, stores);
            case Kernel.Fold fold ->
                    new Kernel.Fold(
                            fold.kind(),
                            extents,
                            fold.kept(),
                            fold.byLanes(),
                            nodes,
                            stores.getFirst());
        };
    }

    private static Node from(Node node, int first) {
        return switch (node) {
            case Node.Load(var access) -> new Node.Load(from(access, 0, first));
            case Node.Index(int offset, var strides) ->
                    new Node.Index(offset + first * strides.getFirst(), strides);
            case Node.Constant constant -> constant;
            case Node.Apply apply -> apply;
        };
    }

    private static Store from(Store store, int first) {
        return new Store(from(store.to(), 0, first), store.node());
    }

    private static Access from(Access access, int axis, int first) {
        int offset = access.offset() + first * access.strides().get(axis);
        return access.with(offset, access.strides());
    }

    // ---- Products --------------------------------------------------------------------------

    private static List<Slice> products(Kernel.Product product, int threads) {
        var axis = axis(product, threads);
        if (axis.isEmpty()) return List.of(new Slice(product, Map.of()));
        int size = product.extents().get(axis.get());
        int unit =
                switch (axis.get()) {
                    case COLUMNS -> TileForm.COLUMNS_MAX;
                    case ROWS -> TileForm.ROWS_MAX;
                    default -> 1;
                };
        return ranges(size, threads, unit).stream()
                .map(range -> new Slice(part(product, axis.get(), range), Map.of()))
                .toList();
    }

    /// The axis to cut: columns, as each thread then packs the columns it needs; rows where there
    /// are few columns; matrices where a product is known to be zero in part, since that goes by
    /// numbers of rows and columns.
    private static Optional<Integer> axis(Kernel.Product product, int threads) {
        var extents = product.extents();
        long work = 1;
        for (int extent : extents) work *= extent;
        if (work < WORK_MIN) return Optional.empty();
        if (product.part() == Part.ALL) {
            if (extents.get(COLUMNS) >= 2 * TileForm.COLUMNS_MAX * threads) {
                return Optional.of(COLUMNS);
            }
            if (extents.get(ROWS) >= 2 * TileForm.ROWS_MAX * threads) return Optional.of(ROWS);
        }
        if (extents.get(1) >= threads) return Optional.of(1);
        return extents.get(0) >= threads ? Optional.of(0) : Optional.empty();
    }

    private static Kernel.Product part(Kernel.Product product, int axis, Range range) {
        var extents = new ArrayList<>(product.extents());
        extents.set(axis, range.count());
        int first = range.first();
        boolean ofLeft = axis != COLUMNS;
        boolean ofRight = axis != ROWS;
        var left = ofLeft ? from(product.left(), axis, first) : product.left();
        var right =
                ofRight
                        ? from(product.right(), axis == COLUMNS ? TERMS : axis, first)
                        : product.right();
        var out = from(product.out(), axis == COLUMNS ? TERMS : axis, first);
        return new Kernel.Product(extents, left, right, out, product.part());
    }

    // ---- Images ----------------------------------------------------------------------------

    /// Whether it goes by images, whose buffers are not those of anything else.
    private static boolean isDivisible(Kernel.Call call) {
        boolean byImages =
                switch (call.op()) {
                    case Op.Convolution _, Op.ConvolutionInputGradient _, Op.Windowed _ -> true;
                    default -> false;
                };
        if (!byImages || call.reads().size() < call.in().size()) return false;
        long work = call.out().buffer().elements();
        for (var operand : call.in()) work += operand.buffer().elements();
        return call.out().type().shape().dim(0) > 1 && work >= WORK_MIN / 4;
    }

    private static List<Slice> calls(Kernel.Call call, int threads) {
        int images = call.out().type().shape().dim(0);
        return ranges(images, threads, 1).stream().map(range -> part(call, range)).toList();
    }

    private static Slice part(Kernel.Call call, Range range) {
        int images = call.out().type().shape().dim(0);
        var shifts = new HashMap<Buffer, Integer>();
        var in = new ArrayList<Operand>();
        // Filters and a bias are the same for all images.
        int byImage = call.op() instanceof Op.Windowed ? call.in().size() : 1;
        for (var operand : call.in()) {
            boolean isByImage = in.size() < byImage;
            in.add(isByImage ? part(operand, range, images, shifts) : operand);
        }
        var out = part(call.out(), range, images, shifts);
        var kernel = new Kernel.Call(part(call.op(), range.count()), in, out, call.epilogue());
        return new Slice(kernel, Map.copyOf(shifts));
    }

    private static Operand part(
            Operand operand, Range range, int images, Map<Buffer, Integer> shifts) {
        var buffer = operand.buffer();
        shifts.put(buffer, buffer.elements() / images * range.first());
        return new Operand(buffer, withImages(operand.type(), range.count()));
    }

    private static TensorType withImages(TensorType type, int images) {
        return type.with(withImages(type.shape(), images));
    }

    private static Shape withImages(Shape shape, int images) {
        return shape.without(List.of(0)).prepend(images);
    }

    private static Op part(Op op, int images) {
        return switch (op) {
            case Op.ConvolutionInputGradient(var spec, var shape) ->
                    new Op.ConvolutionInputGradient(spec, withImages(shape, images));
            case Op.AveragePoolGradient(var window, var shape) ->
                    new Op.AveragePoolGradient(window, withImages(shape, images));
            default -> op;
        };
    }
}
