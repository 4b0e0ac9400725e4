package motley.compiler.kernel;

import static motley.tensor.Require.require;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import motley.program.Op;
import motley.program.ReduceKind;

/// One dispatch of a plan. Kernels run one after another; the points of one kernel in any order.
public sealed interface Kernel {
    /// The buffers it reads, in order of first use.
    List<Buffer> reads();

    /// The buffers it writes.
    List<Buffer> writes();

    /// Whether the result is right when `out` occupies the memory of `in`.
    boolean mayOverwrite(Buffer in, Buffer out);

    /// A kernel of points: what [Rows] is made of.
    sealed interface Stage extends Kernel {
        /// Of the axes, outermost first.
        List<Integer> extents();

        List<Node> nodes();

        List<Store> stores();
    }

    /// A fused element-wise kernel: at every point of `extents`, evaluates `nodes` in order, then
    /// performs `stores`. All loads of a point come before its stores.
    record Loop(List<Integer> extents, List<Node> nodes, List<Store> stores) implements Stage {
        public Loop {
            extents = List.copyOf(extents);
            nodes = List.copyOf(nodes);
            stores = List.copyOf(stores);
        }

        @Override
        public List<Buffer> reads() {
            return loaded(nodes);
        }

        @Override
        public List<Buffer> writes() {
            return stores.stream().map(s -> s.to().buffer()).distinct().toList();
        }

        /// Safe when every point reads of `in` exactly what it writes of `out`.
        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            if (in.elements() != out.elements() || onFloats(in) != onFloats(out)) return false;
            var maps = new LinkedHashSet<Access>();
            for (var node : nodes) {
                if (node instanceof Node.Load(var a) && a.buffer().equals(in)) {
                    maps.add(new Access(out, a.offset(), a.strides()));
                }
            }
            for (var store : stores) {
                if (store.to().buffer().equals(out)) maps.add(store.to());
            }
            return maps.size() == 1;
        }

        private static boolean onFloats(Buffer buffer) {
            return buffer.dtype() == motley.tensor.DType.F32;
        }
    }

    /// Folds an element-wise expression over axes: for each point of the first `kept` axes of
    /// `extents`, combines node number `value` over the other axes and stores it once.
    ///
    /// Order of a sum, which every renderer keeps. If `byLanes`, element `j` of the innermost
    /// reduced axis goes to lane `j mod 16`; each lane adds in row-major order of the reduced axes,
    /// starting from +0; then lanes `l` and `l + 8` are added for `l < 8`, then `l` and `l + 4`,
    /// then `l` and `l + 2`, then 0 and 1. Otherwise one accumulator, starting from +0, adds in
    /// row-major order.
    ///
    /// @param kept how many leading axes of `extents` remain
    /// @param to where the fold of each kept point goes; one stride for each kept axis
    record Fold(
            ReduceKind kind,
            List<Integer> extents,
            int kept,
            boolean byLanes,
            List<Node> nodes,
            Store to)
            implements Stage {
        /// Logical lanes of a sum along contiguous elements, whatever the machine's vector length.
        public static final int LANES = 16;

        public Fold {
            extents = List.copyOf(extents);
            nodes = List.copyOf(nodes);
            require(kept < extents.size(), "kept: %d (expected: below %s)", kept, extents);
        }

        @Override
        public List<Store> stores() {
            return List.of(to);
        }

        @Override
        public List<Buffer> reads() {
            return loaded(nodes);
        }

        @Override
        public List<Buffer> writes() {
            return List.of(to.to().buffer());
        }

        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            return false;
        }
    }

    /// Several loops and folds over the same rows, which a renderer walks once: a softmax, say, is
    /// a fold, a loop, a fold and a loop on a row while it is in the cache.
    ///
    /// Of all buffers that a stage writes, row `r` is elements `[r, r + 1)·elements/rows`. At index
    /// `r` of its outermost axis, which has extent `rows`, a stage touches row `r` of them only. So
    /// rows run in any order, and the stages of each row one after another.
    ///
    /// @param locals written and read by these stages alone: a renderer needs memory for as many
    ///     rows of them as it works on at a time, and the plan has no place for them
    record Rows(int rows, List<Stage> stages, List<Buffer> locals) implements Kernel {
        public Rows {
            stages = List.copyOf(stages);
            locals = List.copyOf(locals);
        }

        @Override
        public List<Buffer> reads() {
            var read = new LinkedHashSet<Buffer>();
            var written = new HashSet<Buffer>();
            for (var stage : stages) {
                for (var in : stage.reads()) {
                    if (!written.contains(in)) read.add(in);
                }
                written.addAll(stage.writes());
            }
            return List.copyOf(read);
        }

        @Override
        public List<Buffer> writes() {
            var written = new LinkedHashSet<Buffer>();
            stages.forEach(s -> written.addAll(s.writes()));
            locals.forEach(written::remove);
            return List.copyOf(written);
        }

        /// Safe when no row of `in` is read after the same row of `out` is written, or by another
        /// row.
        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            if (in.elements() != out.elements() || in.dtype() != out.dtype()) return false;
            int lastRead = -1;
            int firstWrite = stages.size();
            for (int s = stages.size() - 1; s >= 0; s--) {
                var stage = stages.get(s);
                if (stage.writes().contains(out)) firstWrite = s;
                if (stage.reads().contains(in)) lastRead = Math.max(lastRead, s);
                if (!RowMap.byRows(stage, in, rows)) return false;
            }
            if (lastRead == firstWrite) return stages.get(lastRead).mayOverwrite(in, out);
            return lastRead < firstWrite;
        }
    }

    /// `out[o, b, i, j] = Σ_k left[o, b, i, k]·right[o, b, k, j]`.
    ///
    /// Each element is one chain of fused multiply-adds from +0 over increasing `k`.
    ///
    /// @param extents `[outer, batch, rows, terms, cols]`; the first two tell matrices apart
    /// @param left strides for `[outer, batch, rows, terms]`, the larger of the last two any, the
    ///     other 1
    /// @param right strides for `[outer, batch, terms, cols]`, likewise
    /// @param out strides for `[outer, batch, rows, cols]`, of cols 1; together all of its buffer
    /// @param part what of it has to be computed
    record Product(List<Integer> extents, Access left, Access right, Access out, Part part)
            implements Kernel {
        public Product {
            extents = List.copyOf(extents);
        }

        /// How many matrices are multiplied with as many others.
        public int batch() {
            return extents.get(0) * extents.get(1);
        }

        /// Whether every operand and the result is one dense tensor, its matrices one after
        /// another.
        public boolean isDense() {
            return isDense(left, extents.get(2), extents.get(3))
                    && isDense(right, extents.get(3), extents.get(4))
                    && isDense(out, extents.get(2), extents.get(4));
        }

        private boolean isDense(Access access, int first, int second) {
            int matrix = first * second;
            var s = access.strides();
            boolean stacked =
                    is(s.get(1), matrix, extents.get(1))
                            && is(s.get(0), matrix * extents.get(1), extents.get(0));
            boolean byRows = is(s.get(2), second, first) && is(s.get(3), 1, second);
            boolean byCols = is(s.get(2), 1, first) && is(s.get(3), first, second);
            return stacked && (byRows || byCols);
        }

        /// The stride of an axis of size 1 does not matter.
        private static boolean is(int stride, int expected, int size) {
            return size == 1 || stride == expected;
        }

        @Override
        public List<Buffer> reads() {
            return List.of(left.buffer(), right.buffer());
        }

        @Override
        public List<Buffer> writes() {
            return List.of(out.buffer());
        }

        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            return false;
        }
    }

    /// What of a product a renderer may leave out: terms of which one factor is 0, so that they
    /// change no sum of finite numbers, or results that nobody looks at.
    enum Part {
        ALL,
        /// `left[…, i, k]` is 0 where `k > i`.
        TERMS_UP_TO_ROW,
        /// `left[…, i, k]` is 0 where `k < i`.
        TERMS_FROM_ROW,
        /// `right[…, k, j]` is 0 where `k > j`.
        TERMS_UP_TO_COLUMN,
        /// `right[…, k, j]` is 0 where `k < j`.
        TERMS_FROM_COLUMN,
        /// `out[…, i, j]` may be anything where `j > i`.
        COLUMNS_UP_TO_ROW,
        /// `out[…, i, j]` may be anything where `j < i`.
        COLUMNS_FROM_ROW;

        /// The same of the transposed product, in which rows are columns.
        public Part transposed() {
            return switch (this) {
                case ALL -> ALL;
                case TERMS_UP_TO_ROW -> TERMS_UP_TO_COLUMN;
                case TERMS_FROM_ROW -> TERMS_FROM_COLUMN;
                case TERMS_UP_TO_COLUMN -> TERMS_UP_TO_ROW;
                case TERMS_FROM_COLUMN -> TERMS_FROM_ROW;
                case COLUMNS_UP_TO_ROW -> COLUMNS_FROM_ROW;
                case COLUMNS_FROM_ROW -> COLUMNS_UP_TO_ROW;
            };
        }
    }

    /// An operation that every renderer has by name: convolutions, pooling, indexing, random
    /// numbers, argmax. Operands and result are dense.
    ///
    /// @param epilogue what becomes of the results before they are stored; its operands come last
    record Call(Op op, List<Operand> in, Operand out, Epilogue epilogue) implements Kernel {
        public Call {
            in = List.copyOf(in);
        }

        /// Results are stored as they are.
        public Call(Op op, List<Operand> in, Operand out) {
            this(op, in, out, Epilogue.NONE);
        }

        @Override
        public List<Buffer> reads() {
            return in.stream().map(Operand::buffer).distinct().toList();
        }

        @Override
        public List<Buffer> writes() {
            return List.of(out.buffer());
        }

        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            return false;
        }
    }

    /// Both gradients of one convolution, `[dy, w] → dx` and `[x, dy] → dw`: two calls, in any
    /// order, that a renderer may make one, because they read the same `dy`.
    record Gradients(Call ofImages, Call ofFilters) implements Kernel {
        public Gradients {
            var dy = ofImages.in.get(0);
            require(
                    dy.equals(ofFilters.in.get(1)),
                    "dy: %s (expected: that of both gradients, %s)",
                    ofFilters.in.get(1),
                    dy);
        }

        @Override
        public List<Buffer> reads() {
            var read = new LinkedHashSet<>(ofImages.reads());
            read.addAll(ofFilters.reads());
            return List.copyOf(read);
        }

        @Override
        public List<Buffer> writes() {
            return List.of(ofImages.out.buffer(), ofFilters.out.buffer());
        }

        @Override
        public boolean mayOverwrite(Buffer in, Buffer out) {
            return false;
        }
    }

    /// What a convolution does with its results; the bits are those of separate operations.
    enum Epilogue {
        NONE,
        /// Adds a bias `[channel]`.
        BIAS,
        /// Adds a bias `[channel]`, then `select(x <= 0, 0, x)`.
        BIAS_AND_RELU
    }

    private static List<Buffer> loaded(List<Node> nodes) {
        Set<Buffer> buffers = new LinkedHashSet<>();
        for (var node : nodes) {
            if (node instanceof Node.Load(var access)) buffers.add(access.buffer());
        }
        return List.copyOf(buffers);
    }
}
