package motley.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one run of a program takes, known before it runs.
///
/// Conventions. A multiply-add is 2 FLOPs, padding counted as if it were there. Every other
/// arithmetic operation, comparison, selection or conversion of an element is 1, whatever its
/// element type; so are square root and division. A transcendental function (exponential,
/// logarithm, hyperbolic tangent, logistic, sine, cosine, error function) is 16, a power 33, a
/// random number
/// 27. Moving an element is 0. Bytes are those of an engine that fuses nothing: it reads every
/// operand and writes every result once.
///
/// A param is alive from the start to the end and a result from its equation to the end; every
/// other value from its equation to its last use. Nothing is computed in place: operands and result
/// of an equation are alive together. All sums saturate at [Long#MAX_VALUE].
///
/// @param flops arithmetic operations of one run
/// @param trafficBytes bytes read and written by all equations
/// @param totalBytes bytes of all values, as if none were ever freed
/// @param peakLiveBytes the most bytes alive at one time
/// @param equations the same per equation, in program order
public record Cost(
        long flops,
        long trafficBytes,
        long totalBytes,
        long peakLiveBytes,
        List<EquationCost> equations) {
    public Cost {
        equations = List.copyOf(equations);
    }

    /// What one equation takes.
    ///
    /// @param flops its arithmetic operations
    /// @param readBytes bytes of its operands; an operand used twice is read twice
    /// @param writtenBytes bytes of its result
    /// @param liveBytes bytes alive while it runs
    public record EquationCost(long flops, long readBytes, long writtenBytes, long liveBytes) {}

    /// The cost of `program`, which [Verifier] accepts.
    public static Cost of(Program program) {
        long live = 0;
        for (var param : program.params()) live = OpCost.sum(live, param.type().sizeBytes());
        long flops = 0;
        long traffic = 0;
        long total = live;
        long peak = live;
        var lastUse = lastUse(program);
        var equations = new ArrayList<EquationCost>();
        for (int i = 0; i < program.equations().size(); i++) {
            var e = program.equations().get(i);
            long written = e.out().type().sizeBytes();
            live = OpCost.sum(live, written);
            var cost = new EquationCost(flops(e), readBytes(e), written, live);
            equations.add(cost);
            flops = OpCost.sum(flops, cost.flops());
            traffic = OpCost.sum(traffic, OpCost.sum(cost.readBytes(), written));
            total = OpCost.sum(total, written);
            peak = Math.max(peak, live);
            live -= freedBytes(e, i, lastUse);
        }
        return new Cost(flops, traffic, total, peak, equations);
    }

    static long flops(Equation e) {
        return OpCost.flops(e.op(), e.in().stream().map(Var::type).toList(), e.out().type());
    }

    private static long readBytes(Equation e) {
        long bytes = 0;
        for (var operand : e.in()) bytes = OpCost.sum(bytes, operand.type().sizeBytes());
        return bytes;
    }

    /// For each value's id, the equation after which it is dead: of a value nobody uses its own,
    /// of params and results none.
    private static Map<Integer, Integer> lastUse(Program program) {
        var last = new HashMap<Integer, Integer>();
        for (int i = 0; i < program.equations().size(); i++) {
            var e = program.equations().get(i);
            last.put(e.out().id(), i);
            for (var operand : e.in()) last.put(operand.id(), i);
        }
        program.params().forEach(param -> last.remove(param.id()));
        program.results().forEach(result -> last.remove(result.id()));
        return last;
    }

    private static long freedBytes(Equation e, int index, Map<Integer, Integer> lastUse) {
        long bytes = 0;
        var ends = new ArrayList<>(e.in());
        ends.add(e.out());
        for (var value : ends.stream().distinct().toList()) {
            if (lastUse.getOrDefault(value.id(), -1) == index) bytes += value.type().sizeBytes();
        }
        return bytes;
    }
}
