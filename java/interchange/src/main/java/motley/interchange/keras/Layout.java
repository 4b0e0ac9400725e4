package motley.interchange.keras;

import java.util.ArrayList;
import java.util.List;
import motley.tensor.Shape;

/// How a Keras variable lies in a parameter of a Motley layer, or in two.
///
/// Element order is what differs: gates stand in another order, three projections are one matrix.
/// A rectangle is moved as it is, row by row; see [Piece].
sealed interface Layout {
    /// The same elements in the same order.
    record Same() implements Layout {}

    /// `[rows, cols, in, multiplier]` and `[rows, cols, 1, in·multiplier]`: the same order.
    record Depthwise(int multiplier) implements Layout {}

    /// Keras' gates update, reset, candidate; Motley's reset, update, candidate.
    record Gates(int units) implements Layout {}

    /// `[2, 3·units]`: the input's bias, which is one parameter, and the state's, which is the
    /// next.
    record GatesTwice(int units) implements Layout {}

    /// One of the three projections in `[features, 3·features]`, kept as `[features, heads,
    /// depth]`.
    record Projection(int number, int heads) implements Layout {}

    /// The same for their biases, `[heads, depth]`.
    record ProjectionBias(int number, int heads) implements Layout {}

    /// `[heads, depth, features]`: the same order as `[heads·depth, features]`.
    record Joined(int heads) implements Layout {}

    /// The variable's shape.
    ///
    /// @param parameter the shape of the (first) parameter
    default Shape shape(Shape parameter) {
        return switch (this) {
            case Same _, Gates _ -> parameter;
            case Depthwise(int multiplier) -> {
                int rows = parameter.dim(0);
                int all = parameter.dim(3);
                yield Shape.of(rows, parameter.dim(1), all / multiplier, multiplier);
            }
            case GatesTwice(int units) -> Shape.of(2, 3 * units);
            case Projection(_, int heads) -> {
                int features = parameter.dim(0);
                yield Shape.of(features, heads, features / heads);
            }
            case ProjectionBias(_, int heads) -> Shape.of(heads, parameter.dim(0) / 3 / heads);
            case Joined(int heads) -> {
                int features = parameter.dim(1);
                yield Shape.of(heads, features / heads, features);
            }
        };
    }

    /// The rectangles.
    default List<Piece> pieces(Shape parameter) {
        int count = parameter.count();
        return switch (this) {
            case Same _, Depthwise _, Joined _ ->
                    List.of(new Piece(0, 1, count, new Corner(0, count), new Corner(0, count)));
            case Gates(int units) -> gates(count / (3 * units), units);
            case GatesTwice(int units) -> {
                var all = new ArrayList<Piece>();
                for (int row = 0; row < 2; row++) {
                    for (var piece : gates(1, units)) {
                        int from = piece.variable().first() + row * 3 * units;
                        var variable = new Corner(from, 3 * units);
                        all.add(new Piece(row, 1, units, variable, piece.parameter()));
                    }
                }
                yield all;
            }
            case Projection(int number, _) -> {
                int n = parameter.dim(0);
                yield List.of(new Piece(0, n, n, new Corner(0, n), new Corner(number * n, 3 * n)));
            }
            case ProjectionBias(int number, _) -> {
                int n = count / 3;
                yield List.of(new Piece(0, 1, n, new Corner(0, n), new Corner(number * n, 3 * n)));
            }
        };
    }

    private static List<Piece> gates(int rows, int units) {
        int width = 3 * units;
        var all = new ArrayList<Piece>();
        for (int gate = 0; gate < 3; gate++) {
            int other = gate == 2 ? 2 : 1 - gate;
            var variable = new Corner(gate * units, width);
            all.add(new Piece(0, rows, units, variable, new Corner(other * units, width)));
        }
        return all;
    }

    /// A rectangle's first element in a tensor, and how many elements lie between its rows.
    record Corner(int first, int width) {}

    /// A rectangle of a variable and where it lies in a parameter.
    ///
    /// @param parameter 0, or 1 for the one after it
    record Piece(int parameterOffset, int rows, int cols, Corner variable, Corner parameter) {
        /// Copies from a variable's elements to a parameter's.
        void read(float[] from, motley.tensor.Tensor to) {
            for (int row = 0; row < rows; row++) {
                int source = variable.first + row * variable.width;
                int target = parameter.first + row * parameter.width;
                for (int col = 0; col < cols; col++) {
                    to.setFloat(target + col, from[source + col]);
                }
            }
        }

        /// Copies from a parameter's elements to a variable's.
        void write(motley.tensor.Tensor from, float[] to) {
            for (int row = 0; row < rows; row++) {
                int target = variable.first + row * variable.width;
                int source = parameter.first + row * parameter.width;
                for (int col = 0; col < cols; col++) {
                    to[target + col] = from.getFloat(source + col);
                }
            }
        }
    }
}
