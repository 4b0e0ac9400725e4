package motley.wasm;

import java.util.List;
import motley.compiler.Compiler;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramHash;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;

/// From a program to a [WasmPlan]: one module for one program, with a function `run` that computes
/// all results from the params.
public final class WasmCompiler {
    private WasmCompiler() {}

    /// Compiles `program` for devices with `features`.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or its
    ///     memory is beyond what a module can have
    public static WasmPlan compile(Program program, List<Carry> carries, WasmFeatures features) {
        var plan = Compiler.compile(program, carries);
        var rendering = new Rendering(features, plan.layout());
        var run =
                rendering
                        .module()
                        .function(FunctionType.ofInts(0), c -> kernels(rendering, c, plan));
        rendering.module().export("run", run);
        int pages = rendering.pages();
        rendering.module().memory(pages);
        return new WasmPlan(
                ProgramHash.of(program),
                numericClass(features),
                features,
                pages,
                plan.params().stream().map(o -> WasmPlan.Place.of(o, rendering)).toList(),
                plan.results().stream().map(o -> WasmPlan.Place.of(o, rendering)).toList(),
                carries,
                WasmPlan.Code.of(rendering.module().toBytes()));
    }

    private static void kernels(Rendering rendering, Code c, Plan plan) {
        for (var kernel : plan.kernels()) kernel(rendering, c, kernel);
    }

    private static void kernel(Rendering rendering, Code c, Kernel kernel) {
        switch (kernel) {
            case Kernel.Stage stage -> new StageCalls(rendering).call(c, stage);
            case Kernel.Rows rows -> new StageCalls(rendering).call(c, rows);
            case Kernel.Product product -> ProductCode.call(rendering, c, product);
            case Kernel.Call call -> call(rendering, c, call);
            case Kernel.Gradients both -> {
                call(rendering, c, both.ofImages());
                call(rendering, c, both.ofFilters());
            }
        }
    }
}
