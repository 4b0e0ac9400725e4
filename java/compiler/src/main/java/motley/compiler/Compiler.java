package motley.compiler;

import static motley.tensor.Require.require;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import motley.compiler.kernel.Plan;
import motley.compiler.kernel.Target;
import motley.compiler.memory.MemoryPlanner;
import motley.compiler.schedule.Lowering;
import motley.compiler.simplify.Pass;
import motley.program.Engine.Carry;
import motley.program.Limits;
import motley.program.Printer;
import motley.program.Program;
import motley.program.Verifier;

/// From a program to a plan: simplify, lower to kernels, place in memory.
///
/// The plan says nothing of a machine; renderers turn its kernels into bytecode, WGSL or
/// WebAssembly.
public final class Compiler {
    private Compiler() {}

    /// Compiles `program`.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or its
    ///     values do not fit in the largest arena
    public static Plan compile(Program program, List<Carry> carries) {
        return compile(program, carries, Target.JVM);
    }

    /// Compiles `program` for the machine that `target` describes.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or its
    ///     values do not fit in the arenas
    public static Plan compile(Program program, List<Carry> carries, Target target) {
        Verifier.verify(program, Limits.NONE);
        requireCarries(program, carries);
        var simple = simplify(program);
        var lowered = Lowering.lower(simple, target);
        var plan =
                MemoryPlanner.plan(
                        new MemoryPlanner.Work(
                                lowered.params(), lowered.results(), lowered.kernels()),
                        carries,
                        target);
        return plan.withLabels(lowered.labels());
    }

    /// What becomes of `program`, in the order of compilation: names of stages to texts for people.
    /// First the program itself, then what each pass makes of it ("unchanged" if the same), then
    /// the kernels, then the memory plan.
    ///
    /// @throws IllegalArgumentException as [#compile]
    public static SequencedMap<String, String> explain(Program program, List<Carry> carries) {
        var stages = new LinkedHashMap<String, String>();
        stages.put("program", Printer.print(program));
        var plan = compile(program, carries);
        var simple = program;
        for (var pass : Pass.ALL) {
            var next = pass.apply(simple);
            stages.put(pass.name(), next.equals(simple) ? "unchanged\n" : Printer.print(next));
            simple = next;
        }
        stages.put("kernels", plan.describe());
        stages.put("memory", plan.describeMemory());
        return stages;
    }

    /// All passes, the types checked after each.
    static Program simplify(Program program) {
        var simple = program;
        for (var pass : Pass.ALL) {
            simple = pass.apply(simple);
            Verifier.verify(simple, Limits.NONE);
        }
        return simple;
    }

    private static void requireCarries(Program program, List<Carry> carries) {
        var taken = new HashSet<Integer>();
        for (var carry : carries) {
            boolean exists =
                    carry.result() >= 0
                            && carry.result() < program.results().size()
                            && carry.param() >= 0
                            && carry.param() < program.params().size();
            require(
                    exists,
                    "%s: (expected: one of %d results, one of %d params)",
                    carry,
                    program.results().size(),
                    program.params().size());
            var from = program.results().get(carry.result()).type();
            var to = program.params().get(carry.param()).type();
            require(from.equals(to), "%s: from %s to %s (expected: equal types)", carry, from, to);
            require(taken.add(carry.param()), "%s: (expected: each param at most once)", carry);
        }
    }
}
