package motley.programs;

import java.util.List;
import motley.program.Program;
import motley.program.reference.Values;
import motley.tensor.Tensor;

/// A program and operands for it that every f32 can represent and that lie in the domain of all its
/// operations.
public record Sample(Program program, List<Values> operands) {
    public Sample {
        operands = List.copyOf(operands);
    }

    public List<Tensor> tensors() {
        return operands.stream().map(Values::toTensor).toList();
    }
}
