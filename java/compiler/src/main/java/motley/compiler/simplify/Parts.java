package motley.compiler.simplify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;

/// Makes a sum of parts, each padded with zeros where the others lie, their concatenation: what the
/// backward pass makes of a value that is cut into slices.
final class Parts {
    private Parts() {}

    static Program rewrite(Program program) {
        return Rewriter.rewrite(
                program,
                (to, op, in) -> {
                    boolean adds = op instanceof Op.Binary(var kind) && kind == BinaryKind.ADD;
                    var joined = adds ? joined(to, in) : Optional.<Var>empty();
                    return joined.orElseGet(() -> to.append(op, in));
                });
    }

    /// The elements `[start, end)` of a sum along `axis`.
    private record Part(Var value, int axis, int start, int end) {}

    private static Optional<Var> joined(Rewriter to, List<Var> terms) {
        var parts = new ArrayList<Part>();
        for (var term : terms) {
            if (!collect(to, term, parts)) return Optional.empty();
        }
        parts.sort(Comparator.comparingInt(Part::start));
        int axis = parts.getFirst().axis;
        int end = 0;
        for (var part : parts) {
            if (part.axis != axis || part.start != end) return Optional.empty();
            end = part.end;
        }
        if (end != terms.getFirst().type().shape().dim(axis)) return Optional.empty();
        var values = parts.stream().map(Part::value).toList();
        return Optional.of(to.append(new Op.Concatenate(axis), values));
    }

    /// Adds the parts of `sum` to `parts`; false if it is something else.
    private static boolean collect(Rewriter to, Var sum, List<Part> parts) {
        var definition = to.definition(sum);
        if (definition.isEmpty()) return false;
        var in = definition.get().in();
        return switch (definition.get().op()) {
            case Op.Pad pad -> {
                var part = part(pad, in.getFirst());
                part.ifPresent(parts::add);
                yield part.isPresent();
            }
            case Op.Binary(var kind) when kind == BinaryKind.ADD ->
                    collect(to, in.get(0), parts) && collect(to, in.get(1), parts);
            case Op.Elementwise _, Op.Movement _, Op.Reduction _, Op.Windowed _ -> false;
            case Op.Contraction _, Op.Indexing _, Op.Source _ -> false;
        };
    }

    private static Optional<Part> part(Op.Pad pad, Var value) {
        if (pad.interior().stream().anyMatch(n -> n != 0)) return Optional.empty();
        Optional<Part> found = Optional.empty();
        for (int axis = 0; axis < pad.low().size(); axis++) {
            int start = pad.low().get(axis);
            if (start == 0 && pad.high().get(axis) == 0) continue;
            if (found.isPresent() || start < 0 || pad.high().get(axis) < 0) return Optional.empty();
            int end = start + value.type().shape().dim(axis);
            found = Optional.of(new Part(value, axis, start, end));
        }
        return found;
    }
}
