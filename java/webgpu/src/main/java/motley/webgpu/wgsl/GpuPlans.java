package motley.webgpu.wgsl;

import java.util.ArrayList;
import java.util.Comparator;
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

    /// Which bits plans have, as far as they decide it: another number when a shader of the same
    /// program computes others.
    private static final int BITS = 3;

    /// The numeric class of devices that run these plans on GPUs of one kind, in a browser as
    /// natively.
    ///
    /// @param label of the GPU
    public static String numericClass(String label) {
        return "webgpu-%d-%s".formatted(BITS, label);
    }

    /// Most kernels of a plan that have variants.
    static final int VARIED_MAX = 4;

    /// Kernels of fewer multiply-adds are not worth timing.
    static final long VARIED_WORK_MIN = 1 << 16;

    /// The plan of `program` for devices of the class `target`.
    ///
    /// @throws IllegalArgumentException if `program` is ill-typed, a carry does not fit it, or a
    ///     tensor is too large for the device
    public static DevicePlan compile(Program program, List<Carry> carries, GpuTarget target) {
        return compile(program, carries, target, Tuning.NONE);
    }

    /// The same with kernels in the tilings that were found best. A kernel's name is what it is and
    /// how large: batches, rows, terms and columns of its sums.
    public static DevicePlan compile(
            Program program, List<Carry> carries, GpuTarget target, Tuning tuning) {
        var plan = Compiler.compile(program, carries, GpuMemory.target(target.limits()));
        var memory = GpuMemory.of(plan, target.limits());
        var shaders = new LinkedHashMap<String, Integer>();
        var dispatches = new ArrayList<DevicePlan.Dispatch>();
        var varied = new ArrayList<Varied>();
        for (var kernel : plan.kernels()) {
            for (var work : works(kernel, memory)) {
                if (work instanceof Work.OfSums(var sums) && isVaried(sums, target, tuning)) {
                    varied.add(new Varied(sums, dispatches.size()));
                }
                dispatches.add(dispatch(launch(work, target, tuning), shaders));
            }
        }
        var variants = variants(varied, target, shaders);
        return new DevicePlan(
                ProgramHash.of(program),
                memory.buffers(),
                ports("param", plan.params(), memory),
                ports("result", plan.results(), memory),
                List.of(),
                new DevicePlan.Code.Shaders(
                        List.copyOf(shaders.sequencedKeySet()), dispatches, variants));
    }

    /// What is to be launched: as it is, or sums in a tiling.
    private sealed interface Work {
        record Fixed(Launch launch) implements Work {}

        record OfSums(Sums sums) implements Work {}
    }

    private static Launch launch(Work work, GpuTarget target, Tuning tuning) {
        return switch (work) {
            case Work.Fixed(var launch) -> launch;
            case Work.OfSums(var sums) -> {
                var tiling =
                        target.precision() == Precision.HALF
                                ? target.tiling()
                                : tuning.chosen().getOrDefault(name(sums), target.tiling());
                yield SumShaders.launch(sums, target, tiling);
            }
        };
    }

    // ---- Variants --------------------------------------------------------------------------

    /// Sums that may be computed in other tilings, and the dispatch that they are.
    private record Varied(Sums sums, int dispatch) {}

    private static String name(Sums sums) {
        return "%s %dx%dx%dx%d"
                .formatted(sums.kind(), sums.batches(), sums.rows(), sums.terms(), sums.cols());
    }

    private static boolean isVaried(Sums sums, GpuTarget target, Tuning tuning) {
        return tuning.offers()
                && target.precision() == Precision.FLOAT
                && work(sums) >= VARIED_WORK_MIN
                && !tuning.chosen().containsKey(name(sums));
    }

    private static long work(Sums sums) {
        return (long) sums.batches() * sums.rows() * sums.terms() * sums.cols();
    }

    /// Of the largest, one of each name; tilings that come to the same text are one.
    private static List<DevicePlan.Variant> variants(
            List<Varied> varied, GpuTarget target, Map<String, Integer> shaders) {
        var largest = new LinkedHashMap<String, Varied>();
        varied.stream()
                .sorted(Comparator.comparingLong((Varied one) -> work(one.sums())).reversed())
                .forEach(one -> largest.putIfAbsent(name(one.sums()), one));
        var variants = new ArrayList<DevicePlan.Variant>();
        for (var one : largest.values().stream().limit(VARIED_MAX).toList()) {
            var launches = new LinkedHashMap<String, Variation>();
            for (var tiling : Tiling.values()) {
                var launch = SumShaders.launch(one.sums(), target, tiling);
                launches.putIfAbsent(launch.text(), new Variation(tiling, launch));
            }
            if (launches.size() == 1) continue;
            for (var variation : launches.values()) {
                var dispatch = dispatch(variation.launch(), shaders);
                variants.add(
                        new DevicePlan.Variant(
                                one.dispatch(),
                                name(one.sums()),
                                variation.tiling().name(),
                                dispatch.shader(),
                                dispatch.groups()));
            }
        }
        return variants;
    }

    private record Variation(Tiling tiling, Launch launch) {}

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

    private static List<Work> works(Kernel kernel, GpuMemory memory) {
        return switch (kernel) {
            case Kernel.Loop loop -> List.of(new Work.Fixed(StageShaders.loop(loop, memory)));
            case Kernel.Fold fold -> List.of(new Work.Fixed(StageShaders.fold(fold, memory)));
            case Kernel.Rows rows -> throw new IllegalStateException(rows + " has no place");
            case Kernel.Product product ->
                    List.of(new Work.OfSums(new ProductSums(product, memory)));
            case Kernel.Call call -> List.of(call(call, memory));
            case Kernel.Gradients(var ofImages, var ofFilters) ->
                    List.of(call(ofImages, memory), call(ofFilters, memory));
        };
    }

    private static Work call(Kernel.Call call, GpuMemory memory) {
        return switch (call.op()) {
            case Op.Contraction c -> new Work.OfSums(sums(c, call, memory));
            case Op.Windowed w -> new Work.Fixed(PoolShaders.launch(w, call, memory));
            case Op.Gather _ -> new Work.Fixed(CallShaders.gather(call, memory));
            case Op.ScatterAdd(int rows) ->
                    new Work.Fixed(CallShaders.scatterAdd(rows, call, memory));
            case Op.ArgMax(int axis) -> new Work.Fixed(CallShaders.argMax(axis, call, memory));
            case Op.RandomUniform op -> new Work.Fixed(CallShaders.uniform(op, call, memory));
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
