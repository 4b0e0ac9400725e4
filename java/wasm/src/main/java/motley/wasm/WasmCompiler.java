package motley.wasm;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import motley.compiler.Compiler;
import motley.compiler.device.DevicePlan;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramHash;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Module;

/// From a program to a [DevicePlan]: one module for one program, with a function `run` that
/// computes all results from the params.
public final class WasmCompiler {
    private WasmCompiler() {}

    /// The class of devices whose multiply-add rounds once: that of the JVM engine with
    /// convolutions that are sums of products, since plans then hold the same chains.
    private static final String FUSED = "jvm-cpu-3-direct";

    private static final String PLAIN = "wasm-1";

    /// Names the numeric class of devices with `features`: equal names promise equal bits.
    public static String numericClass(WasmFeatures features) {
        return features.relaxedSimd() ? FUSED : PLAIN;
    }

    /// Compiles `program` for devices with `features`.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or its
    ///     memory is beyond what a module can have
    public static DevicePlan compile(Program program, List<Carry> carries, WasmFeatures features) {
        var plan = Compiler.compile(program, carries);
        var rendering = new Rendering(features, plan.layout());
        var module = rendering.module();
        if (features.threads() == 1) {
            var run = module.function(FunctionType.ofInts(0), c -> kernels(rendering, c, plan));
            module.export("run", run);
        } else {
            module.export("run", Team.run(rendering, plan));
        }
        int pages = rendering.pages();
        module.memory(pages);
        return new DevicePlan(
                ProgramHash.of(program),
                List.of((long) pages * Module.PAGE_BYTES),
                ports("param", plan.params(), rendering),
                ports("result", plan.results(), rendering),
                List.of(),
                new DevicePlan.Code.Module(
                        pages,
                        features.threads(),
                        Base64.getEncoder().encodeToString(module.toBytes())));
    }

    private static List<DevicePlan.Port> ports(
            String name, List<Operand> operands, Rendering rendering) {
        var ports = new ArrayList<DevicePlan.Port>();
        for (var operand : operands) {
            var buffer = operand.buffer();
            long bytes = DevicePlan.Port.BYTES_EACH * operand.type().shape().count();
            var place = new DevicePlan.Place(0, rendering.address(buffer), bytes);
            ports.add(new DevicePlan.Port(name + ports.size(), operand.type(), place));
        }
        return ports;
    }

    private static void kernels(Rendering rendering, Code c, Plan plan) {
        for (var kernel : plan.kernels()) kernel(rendering, c, kernel);
    }

    /// Writes the call of a kernel by one thread.
    static void kernel(Rendering rendering, Code c, Kernel kernel) {
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

    private static void call(Rendering rendering, Code c, Kernel.Call call) {
        switch (call.op()) {
            case Op.Contraction op -> Convolutions.call(rendering, c, op, call);
            case Op.Windowed op -> PoolingCode.call(rendering, c, op, call);
            case Op.Gather _ -> IndexingCode.gather(rendering, c, call);
            case Op.ScatterAdd(int rows) -> IndexingCode.scatterAdd(rendering, c, rows, call);
            case Op.ArgMax(int axis) -> IndexingCode.argMax(rendering, c, axis, call);
            case Op.RandomUniform(int stream, _) -> UniformCode.call(rendering, c, stream, call);
            case Op.OneHot _, Op.Elementwise _, Op.Movement _, Op.Reduce _, Op.Fill _, Op.Iota _ ->
                    throw new IllegalStateException(call.op() + " is not called");
        }
    }
}
