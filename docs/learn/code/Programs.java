// Page 1: a program is data. It is built, printed, run, and run again by another engine.

import motley.cpu.*;
import motley.program.*;
import motley.program.reference.*;
import motley.tensor.*;

void main() {
    var x = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    IO.println(x);
    IO.println(Arrays.toString(x.toFloats()));

    IO.println();
    var program = sumOfSquares();
    IO.print(Printer.print(program));

    IO.println();
    try (var reference = new ReferenceEngine();
            var cpu = CpuEngine.open(new CpuSettings(2))) {
        for (var engine : List.of(reference, cpu)) {
            var sums = engine.run(program, x).getFirst();
            IO.println(engine.getClass().getSimpleName() + " " + Arrays.toString(sums.toFloats()));
        }
    }

    IO.println();
    try {
        var b = new ProgramBuilder();
        b.add(b.param(TensorType.f32(2, 3)), b.param(TensorType.f32(3, 2)));
    } catch (IllegalArgumentException e) {
        IO.println(e.getMessage());
    }
}

/// Squares every number and adds up each row.
Program sumOfSquares() {
    var b = new ProgramBuilder();
    var x = b.param(TensorType.f32(2, 3)); // [row, column]
    var squares = b.mul(x, x); // [row, column]
    var sums = b.sum(squares, 1); // [row]
    return b.build(List.of(sums));
}
