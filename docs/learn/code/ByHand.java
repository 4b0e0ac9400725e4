// Page 2: a Dense layer by hand, then the one from the library.

import motley.cpu.*;
import motley.nn.*;
import motley.program.*;
import motley.program.reference.*;
import motley.tensor.*;

void main() {
    // Two fruits: weight in 100 g, and how yellow, from 0 to 1.
    float[][] x = {{1.2f, 0.9f}, {1.8f, 0.1f}};
    // Column 0 scores "banana", column 1 scores "apple".
    float[][] w = {{0.5f, 1.0f}, {2.0f, -1.0f}};
    float[] bias = {0.1f, -0.2f};

    for (var sample : x) {
        var y = dense(sample, w, bias);
        IO.println("banana %.2f  apple %.2f".formatted(y[0], y[1]));
    }

    IO.println();
    var program = dense(2, 2, 2);
    IO.print(Printer.print(program));
    try (var engine = new ReferenceEngine()) {
        var y =
                engine.run(
                        program,
                        Tensor.ofFloats(Shape.of(2, 2), 1.2f, 0.9f, 1.8f, 0.1f),
                        Tensor.ofFloats(Shape.of(2, 2), 0.5f, 1.0f, 2.0f, -1.0f),
                        Tensor.ofFloats(Shape.of(2), 0.1f, -0.2f));
        IO.println();
        IO.println(Arrays.toString(y.getFirst().toFloats()));
    }

    IO.println();
    var model = Model.sequential("fruit", TensorType.f32(2), new Layer.Dense(2));
    IO.print(model.summary());
    for (var parameter : model.parameters()) {
        IO.println(parameter.name() + " " + parameter.type());
    }
    IO.println();
    IO.print(Printer.print(TrainingPrograms.predict(model, 2).program()));
}

/// One sample: y[o] = Σᵢ x[i]·w[i][o] + bias[o].
float[] dense(float[] x, float[][] w, float[] bias) {
    var y = bias.clone();
    for (int o = 0; o < y.length; o++) {
        for (int i = 0; i < x.length; i++) {
            y[o] += x[i] * w[i][o];
        }
    }
    return y;
}

/// The same for a whole batch, as a program.
Program dense(int batch, int in, int out) {
    var b = new ProgramBuilder();
    var x = b.param(TensorType.f32(batch, in));
    var w = b.param(TensorType.f32(in, out));
    var bias = b.param(TensorType.f32(out));
    var product = b.matmul(x, w); // [batch, out]
    var y = b.add(product, b.alongInnermost(bias, Shape.of(batch, out)));
    return b.build(List.of(y));
}
