package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.List;

/// A small constant matrix.
///
/// @param elements row by row
record Matrix(int rows, int columns, List<Float> elements) {
    Matrix {
        elements = List.copyOf(elements);
        require(
                elements.size() == rows * columns,
                "elements: %d (expected: %d x %d)",
                elements.size(),
                rows,
                columns);
    }

    /// Each row is `columns` elements.
    static Matrix of(int columns, double... elements) {
        var rounded = java.util.stream.DoubleStream.of(elements).mapToObj(e -> (float) e).toList();
        return new Matrix(elements.length / columns, columns, rounded);
    }

    float at(int row, int column) {
        return elements.get(row * columns + column);
    }

    Matrix transposed() {
        var moved = new Float[rows * columns];
        for (int i = 0; i < moved.length; i++) moved[i] = at(i % rows, i / rows);
        return new Matrix(columns, rows, List.of(moved));
    }
}
