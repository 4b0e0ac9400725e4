package motley.compiler.simplify;

import java.util.HashMap;
import java.util.HashSet;
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
        var values = new HashMap<Var, Var>();
        for (var param : program.params()) values.put(param, builder.param(param.type()));
        for (var e : program.equations()) {
            if (!needed.contains(e.out())) continue;
            var in = e.in().stream().map(values::get).toArray(Var[]::new);
            values.put(e.out(), builder.scope(e.label(), () -> builder.apply(e.op(), in)));
        }
        return builder.build(program.results().stream().map(values::get).toList());
    }
}
