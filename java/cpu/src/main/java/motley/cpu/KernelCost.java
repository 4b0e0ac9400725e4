package motley.cpu;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Operand;
import motley.program.Cost;
import motley.program.Equation;
import motley.program.Program;
import motley.program.Var;

/// What one run of a kernel takes.
///
/// @param flops arithmetic operations by the conventions of [Cost]; in a fused loop every primitive
///     of the expression counts as one, those an elementary function consists of too
/// @param bytes of the buffers it reads and writes, each counted once
record KernelCost(long flops, long bytes) {
    static KernelCost of(Kernel kernel) {
        long bytes = 0;
        for (Buffer buffer : kernel.reads()) bytes += buffer.bytes();
        for (Buffer buffer : kernel.writes()) bytes += buffer.bytes();
        return new KernelCost(flops(kernel), bytes);
    }

    private static long flops(Kernel kernel) {
        return switch (kernel) {
            case Kernel.Loop loop -> points(loop.extents()) * applied(loop.nodes());
            case Kernel.Fold fold -> points(fold.extents()) * (applied(fold.nodes()) + 1);
            case Kernel.Rows rows -> rows.stages().stream().mapToLong(KernelCost::flops).sum();
            case Kernel.Product product ->
                    // About half of the points, where a part is left out.
                    (product.part() == Kernel.Part.ALL ? 2 : 1) * points(product.extents());
            case Kernel.Call call -> flops(call);
            case Kernel.Gradients(var ofImages, var ofFilters) ->
                    flops(ofImages) + flops(ofFilters);
        };
    }

    private static long points(List<Integer> extents) {
        return extents.stream().mapToLong(Integer::longValue).reduce(1, (x, y) -> x * y);
    }

    private static long applied(List<Node> nodes) {
        return nodes.stream().filter(Node.Apply.class::isInstance).count();
    }

    /// That of a program which is this call alone.
    private static long flops(Kernel.Call call) {
        var params = new ArrayList<Var>();
        for (Operand operand : call.in()) params.add(new Var(params.size(), operand.type()));
        var out = new Var(params.size(), call.out().type());
        var equation = new Equation(out, call.op(), params);
        return Cost.of(new Program(params, List.of(equation), List.of(out))).flops();
    }
}
