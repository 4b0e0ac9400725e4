package motley.program;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// The static parameters of every op, one after another, by name: the one description that the
/// binary and the printed form share. What [#write] gives to a sink, [#read] asks of a source, in
/// the same order.
final class OpForm {
    private OpForm() {}

    /// Receives static parameters.
    interface Sink {
        /// @param words all words in their stable order, among them `value`
        <E extends Enum<E>> void word(String name, List<E> words, E value);

        void integer(String name, int value);

        void integers(String name, List<Integer> values);

        void real(String name, double value);

        void type(String name, TensorType type);
    }

    /// Hands out static parameters, and throws [InvalidProgramException] where it has none of that
    /// name and kind.
    interface Source {
        /// @param words all words in their stable order
        <E extends Enum<E>> E word(String name, List<E> words);

        int integer(String name);

        /// At most [Shape#RANK_MAX] numbers.
        List<Integer> integers(String name);

        double real(String name);

        TensorType type(String name);
    }

    static void write(Op op, Sink to) {
        switch (op) {
            case Op.Elementwise e -> elementwise(e, to);
            case Op.Movement m -> movement(m, to);
            case Op.Reduction r -> reduction(r, to);
            case Op.Windowed w -> windowed(w, to);
            case Op.Contraction c -> contraction(c, to);
            case Op.Indexing i -> indexing(i, to);
            case Op.Source s -> source(s, to);
        }
    }

    private static void elementwise(Op.Elementwise op, Sink to) {
        switch (op) {
            case Op.Unary(var kind) -> to.word("kind", OpCode.UNARY_KINDS, kind);
            case Op.Binary(var kind) -> to.word("kind", OpCode.BINARY_KINDS, kind);
            case Op.Compare(var kind) -> to.word("kind", OpCode.COMPARE_KINDS, kind);
            case Op.Select() -> {}
            case Op.Convert(var dtype) -> to.word("to", OpCode.DTYPES, dtype);
        }
    }

    private static void movement(Op.Movement op, Sink to) {
        switch (op) {
            case Op.Reshape(var shape) -> to.integers("shape", shape.dims());
            case Op.Transpose(var permutation) -> to.integers("permutation", permutation);
            case Op.Broadcast(var shape, var axes) -> {
                to.integers("shape", shape.dims());
                to.integers("axes", axes);
            }
            case Op.Slice(var starts, var limits, var strides) -> {
                to.integers("starts", starts);
                to.integers("limits", limits);
                to.integers("strides", strides);
            }
            case Op.Pad(var low, var high, var interior) -> {
                to.integers("low", low);
                to.integers("high", high);
                to.integers("interior", interior);
            }
            case Op.Concatenate(int axis) -> to.integer("axis", axis);
            case Op.Reverse(var axes) -> to.integers("axes", axes);
        }
    }

    private static void reduction(Op.Reduction op, Sink to) {
        switch (op) {
            case Op.Reduce(var kind, var axes) -> {
                to.word("kind", OpCode.REDUCE_KINDS, kind);
                to.integers("axes", axes);
            }
            case Op.ArgMax(int axis) -> to.integer("axis", axis);
        }
    }

    private static void windowed(Op.Windowed op, Sink to) {
        switch (op) {
            case Op.MaxPool(var window) -> window(window, to);
            case Op.MaxPoolGradient(var window) -> window(window, to);
            case Op.MaxPoolPick(var window) -> window(window, to);
            case Op.AveragePool(var window) -> window(window, to);
            case Op.AveragePoolGradient(var window, var shape) -> {
                window(window, to);
                to.integers("shape", shape.dims());
            }
        }
    }

    private static void contraction(Op.Contraction op, Sink to) {
        switch (op) {
            case Op.DotGeneral dot -> {
                to.integers("left_batch", dot.leftBatch());
                to.integers("right_batch", dot.rightBatch());
                to.integers("left_contracted", dot.leftContracted());
                to.integers("right_contracted", dot.rightContracted());
            }
            case Op.Convolution(var spec) -> spec(spec, to);
            case Op.ConvolutionInputGradient(var spec, var shape) -> {
                spec(spec, to);
                to.integers("shape", shape.dims());
            }
            case Op.ConvolutionFilterGradient(var spec, var shape) -> {
                spec(spec, to);
                to.integers("shape", shape.dims());
            }
        }
    }

    private static void indexing(Op.Indexing op, Sink to) {
        switch (op) {
            case Op.Gather() -> {}
            case Op.ScatterAdd(int rows) -> to.integer("rows", rows);
            case Op.OneHot(int depth) -> to.integer("depth", depth);
        }
    }

    private static void source(Op.Source op, Sink to) {
        switch (op) {
            case Op.Fill(var type, double value) -> {
                to.type("type", type);
                to.real("value", value);
            }
            case Op.Iota(var shape, int axis) -> {
                to.integers("shape", shape.dims());
                to.integer("axis", axis);
            }
            case Op.RandomUniform(int stream, var dims) -> {
                to.integer("stream", stream);
                to.integers("dims", dims);
            }
        }
    }

    private static void window(Window window, Sink to) {
        to.integers("window", List.of(window.rows(), window.cols()));
        to.integers("strides", List.of(window.strideRows(), window.strideCols()));
        padding(window.padding(), to);
    }

    private static void spec(ConvolutionSpec spec, Sink to) {
        to.integers("strides", List.of(spec.strideRows(), spec.strideCols()));
        to.integers("dilations", List.of(spec.dilationRows(), spec.dilationCols()));
        padding(spec.padding(), to);
        to.integer("groups", spec.groups());
    }

    private static void padding(Padding pad, Sink to) {
        to.integers("padding", List.of(pad.top(), pad.bottom(), pad.left(), pad.right()));
    }

    /// The op of number `code` with the static parameters of `from`.
    ///
    /// @throws IllegalArgumentException if no such op can exist
    static Op read(OpCode code, Source from) {
        return switch (code) {
            case UNARY -> new Op.Unary(from.word("kind", OpCode.UNARY_KINDS));
            case BINARY -> new Op.Binary(from.word("kind", OpCode.BINARY_KINDS));
            case COMPARE -> new Op.Compare(from.word("kind", OpCode.COMPARE_KINDS));
            case SELECT -> new Op.Select();
            case CONVERT -> new Op.Convert(from.word("to", OpCode.DTYPES));
            case RESHAPE -> new Op.Reshape(shape(from));
            case TRANSPOSE -> new Op.Transpose(from.integers("permutation"));
            case BROADCAST -> new Op.Broadcast(shape(from), from.integers("axes"));
            case SLICE ->
                    new Op.Slice(
                            from.integers("starts"),
                            from.integers("limits"),
                            from.integers("strides"));
            case PAD ->
                    new Op.Pad(
                            from.integers("low"), from.integers("high"), from.integers("interior"));
            case CONCATENATE -> new Op.Concatenate(from.integer("axis"));
            case REVERSE -> new Op.Reverse(from.integers("axes"));
            case REDUCE ->
                    new Op.Reduce(from.word("kind", OpCode.REDUCE_KINDS), from.integers("axes"));
            case ARG_MAX -> new Op.ArgMax(from.integer("axis"));
            case MAX_POOL -> new Op.MaxPool(window(from));
            case MAX_POOL_GRADIENT -> new Op.MaxPoolGradient(window(from));
            case MAX_POOL_PICK -> new Op.MaxPoolPick(window(from));
            case AVERAGE_POOL -> new Op.AveragePool(window(from));
            case AVERAGE_POOL_GRADIENT -> new Op.AveragePoolGradient(window(from), shape(from));
            case DOT_GENERAL ->
                    new Op.DotGeneral(
                            from.integers("left_batch"),
                            from.integers("right_batch"),
                            from.integers("left_contracted"),
                            from.integers("right_contracted"));
            case CONVOLUTION -> new Op.Convolution(spec(from));
            case CONVOLUTION_INPUT_GRADIENT ->
                    new Op.ConvolutionInputGradient(spec(from), shape(from));
            case CONVOLUTION_FILTER_GRADIENT ->
                    new Op.ConvolutionFilterGradient(spec(from), shape(from));
            case GATHER -> new Op.Gather();
            case SCATTER_ADD -> new Op.ScatterAdd(from.integer("rows"));
            case ONE_HOT -> new Op.OneHot(from.integer("depth"));
            case FILL -> new Op.Fill(from.type("type"), from.real("value"));
            case IOTA -> new Op.Iota(shape(from), from.integer("axis"));
            case RANDOM_UNIFORM ->
                    new Op.RandomUniform(from.integer("stream"), from.integers("dims"));
        };
    }

    private static Shape shape(Source from) {
        return new Shape(from.integers("shape"));
    }

    private static Window window(Source from) {
        var size = exactly(2, "window", from);
        var strides = exactly(2, "strides", from);
        return new Window(size.get(0), size.get(1), strides.get(0), strides.get(1), padding(from));
    }

    private static ConvolutionSpec spec(Source from) {
        var strides = exactly(2, "strides", from);
        var dilations = exactly(2, "dilations", from);
        return new ConvolutionSpec(
                strides.get(0),
                strides.get(1),
                dilations.get(0),
                dilations.get(1),
                padding(from),
                from.integer("groups"));
    }

    private static Padding padding(Source from) {
        var pad = exactly(4, "padding", from);
        return new Padding(pad.get(0), pad.get(1), pad.get(2), pad.get(3));
    }

    private static List<Integer> exactly(int count, String name, Source from) {
        var values = from.integers(name);
        require(values.size() == count, "%s: %s (expected: %d numbers)", name, values, count);
        return values;
    }
}
