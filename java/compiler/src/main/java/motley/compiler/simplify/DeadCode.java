package motley.compiler.simplify;

import java.util.HashSet;
import java.util.List;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;

/// Drops equations that no result needs. Params stay.
final class DeadCode {
    private DeadCode() {}

    static Program rewrite(Program program) {
        var needed = new HashSet<>(program.results());
        for (var e : program.equations().reversed()) {
            if (needed.contains(e.out())) needed.addAll(e.in());
        }
        var builder = new ProgramBuilder();
        var values = new java.util.HashMap<Var, Var>();
        for (var param : program.params()) values.put(param, builder.param(param.type()));
        for (var e : program.equations()) {
            if (needed.contains(e.out()))
                values.put(e.out(), copy(builder, e.op(), values, e.in()));
        }
        return builder.build(program.results().stream().map(values::get).toList());
    }

    private static Var copy(
            ProgramBuilder builder, Op op, java.util.Map<Var, Var> values, List<Var> in) {
        return builder.apply(op, in.stream().map(values::get).toArray(Var[]::new));
    }
}
