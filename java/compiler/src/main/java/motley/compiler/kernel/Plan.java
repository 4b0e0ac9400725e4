package motley.compiler.kernel;

import java.util.LinkedHashSet;
import java.util.List;
import motley.tensor.TensorType;

/// A program made ready for rendering: kernels in order and a place for every value.
///
/// Carried results already lie where their params do, or the last kernels copy them there.
///
/// @param params memory of each param, kept from run to run
/// @param results memory of each result, valid after a run
public record Plan(
        List<Operand> params, List<Operand> results, List<Kernel> kernels, Layout layout) {
    public Plan {
        params = List.copyOf(params);
        results = List.copyOf(results);
        kernels = List.copyOf(kernels);
    }

    public List<TensorType> paramTypes() {
        return params.stream().map(Operand::type).toList();
    }

    public List<TensorType> resultTypes() {
        return results.stream().map(Operand::type).toList();
    }

    /// One line for each kernel, for people.
    public String describe() {
        return PlanPrinter.print(this);
    }

    /// The arenas in bytes and the place of every buffer, for people.
    public String describeMemory() {
        return PlanPrinter.printMemory(this);
    }

    /// Every buffer that a kernel, a param or a result names, in order of first mention.
    public List<Buffer> buffers() {
        var all = new LinkedHashSet<Buffer>();
        params.forEach(p -> all.add(p.buffer()));
        for (var kernel : kernels) {
            all.addAll(kernel.reads());
            all.addAll(kernel.writes());
        }
        results.forEach(r -> all.add(r.buffer()));
        return List.copyOf(all);
    }
}
