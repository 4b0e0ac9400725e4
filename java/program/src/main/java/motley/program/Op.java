package motley.program;

import java.util.List;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A primitive tensor operation. Operands are positional, in the [Equation]; the record components
/// are the operation's static parameters, known before the program runs.
///
/// Names and semantics are StableHLO's wherever it has the operation. Images are always
/// `[batch, rows, cols, channel]` and filters `[rows, cols, in, out]`: with channels innermost
/// every engine finds contiguous vectors without a layout of its own. There is no implicit
/// broadcasting: element-wise operands have equal shapes.
public sealed interface Op {
    /// One output element depends on the operands' elements at the same index only.
    sealed interface Elementwise extends Op {}

    /// Elements move or are repeated; none is computed.
    sealed interface Movement extends Op {}

    /// Whole axes are folded away.
    sealed interface Reduction extends Op {}

    /// Sliding windows over the rows and columns of `[batch, rows, cols, channel]`.
    sealed interface Windowed extends Op {}

    /// Sums of products.
    sealed interface Contraction extends Op {}

    /// Rows chosen by integer operands.
    sealed interface Indexing extends Op {}

    /// Values made from static parameters or from a key.
    sealed interface Source extends Op {}

    // ---- Elementwise -----------------------------------------------------------------------

    /// `f(x)`. Shape: `[a…] → [a…]`, f32 (for [UnaryKind#NEG], [UnaryKind#ABS],
    /// [UnaryKind#SIGN] also i32; for [UnaryKind#NOT] bool).
    record Unary(UnaryKind kind) implements Elementwise {}

    /// `f(x, y)`. Shape: `[a…], [a…] → [a…]`, f32 (for add, sub, mul, max, min also i32; for and,
    /// or bool).
    record Binary(BinaryKind kind) implements Elementwise {}

    /// `x ∘ y` as bool. Shape: `[a…], [a…] → bool[a…]`, f32 or i32. Comparisons with NaN are false,
    /// [CompareKind#NE] is true. Gradient: none.
    record Compare(CompareKind kind) implements Elementwise {}

    /// `p ? x : y`. Shape: `bool[a…], [a…], [a…] → [a…]`. Gradient: masked by `p`, none for `p`.
    record Select() implements Elementwise {}

    /// The same number in another element type. f32 to i32 truncates towards zero, saturates, and
    /// maps NaN to 0; to bool means `x != 0`. Gradient: none unless f32 to f32.
    record Convert(DType to) implements Elementwise {}

    // ---- Movement --------------------------------------------------------------------------

    /// The same elements in row-major order under another shape. Gradient: reshape back.
    record Reshape(Shape shape) implements Movement {}

    /// Output axis `i` is operand axis `permutation[i]`. Gradient: the inverse permutation.
    record Transpose(List<Integer> permutation) implements Movement {
        public Transpose {
            permutation = List.copyOf(permutation);
        }
    }

    /// Repeats the operand: operand axis `i` becomes axis `axes[i]` of `shape`, the others are new.
    /// An operand axis has the size of its output axis (axes of size 1 do not stretch).
    /// `axes` increase. Gradient: sum over the new axes.
    record Broadcast(Shape shape, List<Integer> axes) implements Movement {
        public Broadcast {
            axes = List.copyOf(axes);
        }
    }

    /// Elements `starts[i], starts[i] + strides[i], … < limits[i]` of every axis.
    /// Gradient: pad with `interior = strides - 1`.
    record Slice(List<Integer> starts, List<Integer> limits, List<Integer> strides)
            implements Movement {
        public Slice {
            starts = List.copyOf(starts);
            limits = List.copyOf(limits);
            strides = List.copyOf(strides);
        }
    }

    /// Zeros (or false) around and between the elements of every axis: `low` before, `high` after,
    /// `interior` between neighbours; none is negative. Gradient: strided slice.
    record Pad(List<Integer> low, List<Integer> high, List<Integer> interior) implements Movement {
        public Pad {
            low = List.copyOf(low);
            high = List.copyOf(high);
            interior = List.copyOf(interior);
        }
    }

    /// The operands one after another along `axis`. One operand or more. Gradient: slices.
    record Concatenate(int axis) implements Movement {}

    /// The elements in opposite order along each of `axes`. Gradient: reverse.
    record Reverse(List<Integer> axes) implements Movement {
        public Reverse {
            axes = List.copyOf(axes);
        }
    }

    // ---- Reduction -------------------------------------------------------------------------

    /// Folds `axes` away. Shape: `[a…, n, b…] → [a…, b…]`, f32 (max and min also i32).
    /// `axes` increase. Gradient: of a sum, broadcast; of max and min, shared equally by the
    /// elements that equal the result. NaN propagates.
    record Reduce(ReduceKind kind, List<Integer> axes) implements Reduction {
        public Reduce {
            axes = List.copyOf(axes);
        }
    }

    /// The index of the first largest element along `axis`. Shape: `f32[a…, n, b…] → i32[a…, b…]`.
    /// NaN counts as largest. Gradient: none.
    record ArgMax(int axis) implements Reduction {}

    // ---- Windowed --------------------------------------------------------------------------

    /// The largest element of each window; padding never wins.
    /// Gradient: [MaxPoolGradient].
    record MaxPool(Window window) implements Windowed {}

    /// For operands `x` and `dy`, `dy` added at the first largest element of each window of `x`.
    /// Shape: `[b, r, c, k], [b, r', c', k] → [b, r, c, k]`. Gradient in `dy`: [MaxPoolPick];
    /// in `x`: zero.
    record MaxPoolGradient(Window window) implements Windowed {}

    /// For operands `x` and `t` of one shape, the element of `t` at the first largest element of
    /// each window of `x`. Gradient in `t`: [MaxPoolGradient]; in `x`: zero.
    record MaxPoolPick(Window window) implements Windowed {}

    /// The sum of each window divided by the window's full size, padding counted as zeros.
    /// Gradient: [AveragePoolGradient].
    record AveragePool(Window window) implements Windowed {}

    /// The adjoint of [AveragePool] for operands of `shape`: `dy` spread over its window.
    /// Gradient: [AveragePool].
    record AveragePoolGradient(Window window, Shape shape) implements Windowed {}

    // ---- Contraction -----------------------------------------------------------------------

    /// Sums products over the contracted axes, for each index of the batch axes.
    /// Shape: `[batch…, left…, right…]`, each group in the order of the operand that has it; batch
    /// in the order listed. Gradient: two products of the same kind.
    record DotGeneral(
            List<Integer> leftBatch,
            List<Integer> rightBatch,
            List<Integer> leftContracted,
            List<Integer> rightContracted)
            implements Contraction {
        public DotGeneral {
            leftBatch = List.copyOf(leftBatch);
            rightBatch = List.copyOf(rightBatch);
            leftContracted = List.copyOf(leftContracted);
            rightContracted = List.copyOf(rightContracted);
        }

        /// `[m, k]·[k, n] → [m, n]`.
        public static DotGeneral matrixProduct() {
            return new DotGeneral(List.of(), List.of(), List.of(1), List.of(0));
        }
    }

    /// Cross-correlation of images with filters.
    /// `y[b, i, j, o] = Σ x[b, i·s + r·d - top, j·s + c·d - left, g·I + k]·w[r, c, k, o]`, with `g`
    /// the group of output channel `o`.
    /// Shape: `[b, rows, cols, in], [r, c, in/groups, out] → [b, rows', cols', out]`.
    record Convolution(ConvolutionSpec spec) implements Contraction {}

    /// The adjoint of [Convolution] in its images. Operands `dy`, `w`; result of `shape`.
    record ConvolutionInputGradient(ConvolutionSpec spec, Shape shape) implements Contraction {}

    /// The adjoint of [Convolution] in its filters. Operands `x`, `dy`; result of `shape`.
    record ConvolutionFilterGradient(ConvolutionSpec spec, Shape shape) implements Contraction {}

    // ---- Indexing --------------------------------------------------------------------------

    /// Rows of a table. Operands `table` and `indices`.
    /// Shape: `[n, a…], i32[k…] → [k…, a…]`. An index outside `[0, n)` gives a row of zeros.
    /// Gradient: [ScatterAdd] in `table`.
    record Gather() implements Indexing {}

    /// A table of `rows` rows of zeros to which each update is added at its index, in order of the
    /// updates. Operands `indices`, `updates`. Shape: `i32[k…], f32[k…, a…] → f32[rows, a…]`.
    /// An update with an index outside `[0, rows)` is dropped. Gradient: [Gather] in `updates`.
    record ScatterAdd(int rows) implements Indexing {}

    /// 1 at the index, 0 elsewhere. Shape: `i32[a…] → f32[a…, depth]`. An index outside
    /// `[0, depth)` gives zeros. Gradient: none.
    record OneHot(int depth) implements Indexing {}

    // ---- Source ----------------------------------------------------------------------------

    /// One number everywhere. For i32 an integral `value`, for bool 0 or 1. No operands.
    record Fill(TensorType type, double value) implements Source {}

    /// Each element's index along `axis`, as i32. No operands.
    record Iota(Shape shape, int axis) implements Source {}

    /// Uniform numbers in `[0, 1)` that depend on nothing but key, row number, stream and position.
    ///
    /// Operands `key: i32[2]`, `rows: i32[n]`; shape: `f32[n, dims…]`. Element `j` (row-major
    /// within its row) is word `j mod 4` of Philox4x32-10 with that key and the counter
    /// `(j div 4, rows[i], stream, 0)`, shifted right by 8 bits and scaled by 2⁻²⁴. So a sample's
    /// dropout mask does not depend on the batch or the device it is computed in.
    /// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
    ///
    /// @param stream tells apart the uses within one program, such as layers
    record RandomUniform(int stream, List<Integer> dims) implements Source {
        public RandomUniform {
            dims = List.copyOf(dims);
        }
    }
}
