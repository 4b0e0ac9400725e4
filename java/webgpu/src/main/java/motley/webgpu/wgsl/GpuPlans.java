package motley.webgpu.wgsl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.compiler.Compiler;
import motley.compiler.device.DevicePlan;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Operand;
import motley.program.ConvolutionSpec;
import motley.program.Engine.Carry;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramHash;
import motley.tensor.Shape;

/// Compiles programs to device plans for WebGPU.
public final class GpuPlans {
    private GpuPlans() {}

    /// The plan of `program` for devices of the class `target`.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or a
    ///     tensor is too large for the device
    public static DevicePlan compile(Program program, List<Carry> carries, GpuTarget target) {
        var plan = Compiler.compile(program, carries, GpuMemory.target(target.limits()));
        var memory = GpuMemory.of(plan, target.limits());
        var shaders = new LinkedHashMap<String, Integer>();
        var dispatches = new ArrayList<DevicePlan.Dispatch>();
        for (var kernel : plan.kernels()) {
            for (var launch : launches(kernel, memory, target)) {
                dispatches.add(dispatch(launch, shaders));
            }
        }
        return new DevicePlan(
                ProgramHash.of(program),
                memory.buffers(),
                ports("param", plan.params(), memory),
                ports("result", plan.results(), memory),
                List.of(),
                new DevicePlan.Code.Shaders(List.copyOf(shaders.sequencedKeySet()), dispatches));
    }

    /// Equal texts are one shader.
    private static DevicePlan.Dispatch dispatch(Launch launch, Map<String, Integer> shaders) {
        shaders.putIfAbsent(launch.text(), shaders.size());
        int number = shaders.getOrDefault(launch.text(), 0);
        return new DevicePlan.Dispatch(number, "main", launch.bindings(), launch.groups());
    }

    private static List<DevicePlan.Port> ports(
            String name, List<Operand> operands, GpuMemory memory) {
        var ports = new ArrayList<DevicePlan.Port>();
        for (var operand : operands) {
            var place = memory.place(operand.buffer());
            ports.add(new DevicePlan.Port(name + ports.size(), operand.type(), place));
        }
        return ports;
    }

    private static List<Launch> launches(Kernel kernel, GpuMemory memory, GpuTarget target) {
        return switch (kernel) {
            case Kernel.Loop loop -> List.of(StageShaders.loop(loop, memory));
            case Kernel.Fold fold -> List.of(StageShaders.fold(fold, memory));
            case Kernel.Rows rows -> throw new IllegalStateException(rows + " has no place");
            case Kernel.Product product ->
                    List.of(SumShaders.launch(new ProductSums(product, memory), target));
            case Kernel.Call call -> List.of(call(call, memory, target));
            case Kernel.Gradients(var ofImages, var ofFilters) ->
                    List.of(call(ofImages, memory, target), call(ofFilters, memory, target));
        };
    }

    private static Launch call(Kernel.Call call, GpuMemory memory, GpuTarget target) {
        return switch (call.op()) {
            case Op.Contraction c -> SumShaders.launch(sums(c, call, memory), target);
            case Op.Windowed w -> PoolShaders.launch(w, call, memory);
            case Op.Gather _ -> CallShaders.gather(call, memory);
            case Op.ScatterAdd(int rows) -> CallShaders.scatterAdd(rows, call, memory);
            case Op.ArgMax(int axis) -> CallShaders.argMax(axis, call, memory);
            case Op.RandomUniform op -> CallShaders.uniform(op, call, memory);
            case Op.OneHot _, Op.Elementwise _, Op.Movement _, Op.Reduce _, Op.Fill _, Op.Iota _ ->
                    throw new IllegalStateException(call.op() + " is not called");
        };
    }

    private static Sums sums(Op.Contraction op, Kernel.Call call, GpuMemory memory) {
        var first = call.in().get(0).type().shape();
        var second = call.in().get(1).type().shape();
        var out = call.out().type().shape();
        return switch (op) {
            case Op.Convolution(var spec) ->
                    new ConvolutionSums(shape(spec, first, second, out), call, memory);
            case Op.ConvolutionInputGradient(var spec, var shape) ->
                    new ImageGradientSums(shape(spec, shape, second, first), call, memory);
            case Op.ConvolutionFilterGradient(var spec, var shape) ->
                    new FilterGradientSums(shape(spec, first, shape, second), call, memory);
            case Op.DotGeneral _ -> throw new IllegalStateException(op + " is not called");
        };
    }

    private static ConvolutionShape shape(
            ConvolutionSpec spec, Shape images, Shape filters, Shape results) {
        return new ConvolutionShape(spec, images, filters, results);
    }
}
