package motley.compiler.simplify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;

/// Rebuilds a program equation by equation, with a rule that may replace each.
final class Rewriter {
    /// What becomes of `op(in…)`, whose operands are rewritten already; usually
    /// [Rewriter#append] of something.
    interface Rule {
        Var apply(Rewriter to, Op op, List<Var> in);
    }

    private final ProgramBuilder builder = new ProgramBuilder();
    private final Map<Var, Equation> definitions = new HashMap<>();

    static Program rewrite(Program program, Rule rule) {
        var to = new Rewriter();
        var values = new HashMap<Var, Var>();
        for (var param : program.params()) values.put(param, to.builder.param(param.type()));
        for (var e : program.equations()) {
            var in = e.in().stream().map(values::get).toList();
            values.put(e.out(), to.builder.scope(e.label(), () -> rule.apply(to, e.op(), in)));
        }
        return to.builder.build(program.results().stream().map(values::get).toList());
    }

    Var append(Op op, List<Var> in) {
        var out = builder.apply(op, in.toArray(Var[]::new));
        definitions.put(out, new Equation(out, op, in));
        return out;
    }

    /// The equation that makes `v` in the new program, unless it is a param.
    Optional<Equation> definition(Var v) {
        return Optional.ofNullable(definitions.get(v));
    }

    /// What makes `v`, if it is an op of `type`.
    <T extends Op> Optional<T> madeBy(Class<T> type, Var v) {
        return definition(v).map(Equation::op).filter(type::isInstance).map(type::cast);
    }

    /// The only or first operand of what makes `v`.
    Var source(Var v) {
        return definition(v).orElseThrow().in().getFirst();
    }
}
