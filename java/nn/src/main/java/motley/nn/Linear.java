package motley.nn;

import static motley.nn.Forward.shape;

import java.util.ArrayList;
import java.util.Iterator;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;

/// Products with a matrix.
record Linear(ProgramBuilder b) {
    /// `y[…, o] = Σᵢ x[…, i]·w[i, o] + bias[o]`, where there is a bias.
    Var dense(Var x, Iterator<Var> parameters) {
        var product = product(x, parameters.next()); // […, in]·[in, out] → […, out]
        return parameters.hasNext() ? addBias(product, parameters.next()) : product;
    }

    /// `y[…, o] = Σᵢ x[…, i]·w[i, o]`.
    Var product(Var x, Var w) {
        int in = shape(w).dim(0);
        int out = shape(w).dim(1);
        if (shape(x).rank() == 2) return b.matmul(x, w);
        var rows = b.reshape(x, Shape.of(shape(x).count() / in, in)); // [row, in]
        var dims = new ArrayList<>(shape(x).dims());
        dims.set(dims.size() - 1, out);
        return b.reshape(b.matmul(rows, w), new Shape(dims));
    }

    /// `y[…, o] = x[…, o] + bias[o]`.
    Var addBias(Var x, Var bias) {
        return b.add(x, b.alongInnermost(bias, shape(x)));
    }
}
