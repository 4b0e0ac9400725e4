// Page 3: how wrong, and which way is down.

import motley.program.*;
import motley.program.autodiff.*;
import motley.program.reference.*;
import motley.tensor.*;

/// How long a kettle has been on, and by how many tens of degrees the water is warmer.
float[] minutes = {1, 2, 3, 4};

float[] degrees = {2.1f, 3.9f, 6.2f, 7.8f};

void main() {
    // A loss is one number that says how wrong w is.
    for (double w : new double[] {0, 1, 2, 3}) {
        IO.println("w = %.0f  loss = %7.4f".formatted(w, loss(w)));
    }

    // Its slope by trying: a little to the right.
    IO.println();
    for (double h : new double[] {1.0, 0.1, 0.01, 0.001}) {
        double slope = (loss(1 + h) - loss(1)) / h;
        IO.println("h = %-5s  slope at 1 = %8.4f".formatted(h, slope));
    }

    // Its slope by rule: the program that autodiff writes.
    IO.println();
    var program = lossAndSlope();
    IO.print(Printer.print(program));
    try (var engine = new ReferenceEngine()) {
        var results =
                engine.run(
                        program,
                        Tensor.ofFloats(Shape.of(), 1),
                        Tensor.ofFloats(Shape.of(4), minutes),
                        Tensor.ofFloats(Shape.of(4), degrees));
        IO.println();
        IO.println("loss  = %.4f".formatted(results.get(0).getFloat(0)));
        IO.println("slope = %.4f".formatted(results.get(1).getFloat(0)));
    }
}

/// The mean of the squared errors of `degrees ≈ w·minutes`.
double loss(double w) {
    double sum = 0;
    for (int i = 0; i < minutes.length; i++) {
        double error = w * minutes[i] - degrees[i];
        sum += error * error;
    }
    return sum / minutes.length;
}

/// The same loss as a program, followed by its derivative in w.
Program lossAndSlope() {
    var b = new ProgramBuilder();
    var w = b.param(TensorType.f32()); // []
    var x = b.param(TensorType.f32(4)); // [sample]
    var y = b.param(TensorType.f32(4)); // [sample]
    var error = b.sub(b.mul(b.spread(w, Shape.of(4)), x), y); // [sample]
    var loss = b.scale(b.sumAll(b.mul(error, error)), 0.25); // []
    var slope = Autodiff.gradient(b, loss, List.of(w)).getFirst(); // []
    return b.build(List.of(loss, slope));
}
