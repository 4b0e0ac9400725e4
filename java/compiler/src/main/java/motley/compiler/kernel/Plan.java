package motley.compiler.kernel;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import motley.tensor.TensorType;

/// A program made ready for rendering: kernels in order and a place for every value.
///
/// Carried results already lie where their params do, or the last kernels copy them there.
///
/// @param params memory of each param, kept from run to run
/// @param results memory of each result, valid after a run
/// @param labels for people: of buffers by id, which part of a model their values belong to
public record Plan(
        List<Operand> params,
        List<Operand> results,
        List<Kernel> kernels,
        Layout layout,
        Map<Integer, String> labels) {
    public Plan {
        params = List.copyOf(params);
        results = List.copyOf(results);
        kernels = List.copyOf(kernels);
        labels = Map.copyOf(labels);
    }

    public List<TensorType> paramTypes() {
        return params.stream().map(Operand::type).toList();
    }

    public List<TensorType> resultTypes() {
        return results.stream().map(Operand::type).toList();
    }

    /// Which part of a model `kernel` computes, such as `conv2/backward`; empty if unknown.
    public String label(Kernel kernel) {
        for (var written : kernel.writes()) {
            var label = labels.get(written.id());
            if (label != null) return label;
        }
        return "";
    }

    public Plan withLabels(Map<Integer, String> newLabels) {
        return new Plan(params, results, kernels, layout, newLabels);
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
