package motley.cpu;

import java.util.List;
import java.util.Optional;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Plan;
import motley.cpu.kernel.AveragePooling;
import motley.cpu.kernel.BlockProduct;
import motley.cpu.kernel.DepthwiseConvolution;
import motley.cpu.kernel.DirectConvolution;
import motley.cpu.kernel.FilterGradient;
import motley.cpu.kernel.Machine;
import motley.cpu.kernel.MatrixProduct;
import motley.cpu.kernel.MaxPooling;
import motley.cpu.kernel.WinogradConvolution;
import motley.cpu.kernel.WinogradForm;
import motley.cpu.kernel.WinogradGradients;
import motley.program.ConvolutionSpec;
import motley.program.Op;

/// Turns kernels into tasks of this machine.
///
/// @param classes fused loops generated so far
/// @param winograd the form for convolutions where it pays
record Rendering(Machine machine, LoopClasses classes, Optional<WinogradForm> winograd) {
    Task task(Kernel kernel, Memory memory) {
        return switch (kernel) {
            case Kernel.Stage stage -> {
                var places = Places.of(stage, memory.layout(), machine.threads());
                yield new RowTask(List.of(stage), places, classes, memory, machine.threads());
            }
            case Kernel.Rows rows -> {
                var places = Places.of(rows, memory.layout(), machine.threads());
                yield new RowTask(rows.stages(), places, classes, memory, machine.threads());
            }
            case Kernel.Product product -> product(product, memory);
            case Kernel.Call call -> call(call, memory);
            case Kernel.Gradients gradients -> gradients(gradients, memory);
        };
    }

    /// Memory for `plan`: its arenas, and behind them the scratch of its rows kernels.
    Memory memory(Plan plan) {
        int floats = 0;
        int ints = 0;
        for (var kernel : plan.kernels()) {
            if (!(kernel instanceof Kernel.Rows rows)) continue;
            var places = Places.of(rows, plan.layout(), machine.threads());
            floats = Math.max(floats, places.scratchFloats());
            ints = Math.max(ints, places.scratchInts());
        }
        return Memory.allocate(plan.layout(), floats, ints);
    }

    private Task product(Kernel.Product p, Memory memory) {
        var f = memory.floats();
        int a = Walk.start(p.left(), memory);
        int b = Walk.start(p.right(), memory);
        int c = Walk.start(p.out(), memory);
        if (BlockProduct.serves(p)) {
            var kernel = BlockProduct.of(machine, p);
            return () -> kernel.run(f, a, b, c);
        }
        int rows = p.extents().get(2);
        int terms = p.extents().get(3);
        int cols = p.extents().get(4);
        boolean leftByColumns = p.left().strides().get(3) != 1 && terms > 1;
        boolean rightByColumns = p.right().strides().get(3) != 1 && cols > 1;
        var size =
                new MatrixProduct.Size(p.batch(), rows, cols, terms, leftByColumns, rightByColumns);
        var kernel = MatrixProduct.of(machine, size);
        return () -> kernel.run(f, a, f, b, f, c);
    }

    private Task call(Kernel.Call call, Memory memory) {
        return switch (call.op()) {
            case Op.Contraction c -> contraction(c, call, memory);
            case Op.Windowed w -> windowed(w, call, memory);
            case Op.Gather _ -> Indexing.gather(call, memory);
            case Op.ScatterAdd(int rows) -> Indexing.scatterAdd(rows, call, memory);
            case Op.ArgMax(int axis) -> Indexing.argMax(axis, call, memory);
            case Op.RandomUniform(int stream, _) ->
                    UniformNumbers.task(stream, call, memory, machine.threads());
            case Op.OneHot _, Op.Elementwise _, Op.Movement _, Op.Reduce _, Op.Fill _, Op.Iota _ ->
                    throw new IllegalStateException(call.op() + " is not called");
        };
    }

    private Task contraction(Op.Contraction op, Kernel.Call call, Memory memory) {
        var f = memory.floats();
        int x = at(call, 0, memory);
        int y = at(call, 1, memory);
        int out = memory.layout().offset(call.out().buffer());
        boolean plain = call.epilogue() == Kernel.Epilogue.NONE;
        boolean relu = call.epilogue() == Kernel.Epilogue.BIAS_AND_RELU;
        int bias = plain ? 0 : at(call, 2, memory);
        var first = call.in().get(0).type().shape();
        var second = call.in().get(1).type().shape();
        return switch (op) {
            case Op.Convolution(var spec) when DepthwiseConvolution.serves(spec, first, second) -> {
                var kernel = DepthwiseConvolution.of(machine, spec, first, second);
                yield plain
                        ? () -> kernel.run(f, x, f, y, f, out)
                        : () -> kernel.runWithBias(f, x, f, y, f, bias, relu, f, out);
            }
            case Op.Convolution(var spec) -> {
                var form = WinogradConvolution.choose(winograd, spec, first, second);
                if (form.isPresent()) {
                    var fast = WinogradConvolution.of(machine, form.get(), spec, first, second);
                    yield plain
                            ? () -> fast.run(f, x, f, y, f, out)
                            : () -> fast.runWithBias(f, x, f, y, f, bias, relu, f, out);
                }
                var kernel = DirectConvolution.forward(machine, spec, first, second);
                yield plain
                        ? () -> kernel.run(f, x, f, y, f, out)
                        : () -> kernel.runWithBias(f, x, f, y, f, bias, relu, f, out);
            }
            case Op.ConvolutionInputGradient(var spec, var shape)
                    when DepthwiseConvolution.serves(spec, shape, second) -> {
                var kernel = DepthwiseConvolution.of(machine, spec, shape, second);
                yield () -> kernel.runImages(f, x, f, y, f, out);
            }
            case Op.ConvolutionFilterGradient(var spec, var shape)
                    when DepthwiseConvolution.serves(spec, first, shape) -> {
                var kernel = DepthwiseConvolution.of(machine, spec, first, shape);
                yield () -> kernel.runFilters(f, x, f, y, f, out);
            }
            case Op.ConvolutionInputGradient(var spec, var shape) -> {
                var form = WinogradConvolution.choose(winograd, spec, shape, second);
                if (form.isPresent()) {
                    var fast = WinogradGradients.ofImages(machine, form.get(), spec, shape, second);
                    yield () -> fast.runImages(f, x, f, y, f, out);
                }
                var kernel = DirectConvolution.inputGradient(machine, spec, shape, second);
                yield () -> kernel.run(f, x, f, y, f, out);
            }
            case Op.ConvolutionFilterGradient(var spec, var shape) -> {
                var form = WinogradConvolution.choose(winograd, spec, first, shape);
                if (form.isPresent()) {
                    var fast = WinogradGradients.ofFilters(machine, form.get(), spec, first, shape);
                    yield () -> fast.runFilters(f, x, f, y, f, out);
                }
                var kernel = FilterGradient.of(machine, spec, first, shape);
                yield () -> kernel.run(f, x, f, y, f, out);
            }
            case Op.DotGeneral _ -> throw new IllegalStateException(op + " is not called");
        };
    }

    /// One kernel for both where one exists, else the two one after the other.
    private Task gradients(Kernel.Gradients both, Memory memory) {
        var images = both.ofImages().out().type().shape();
        var filters = both.ofFilters().out().type().shape();
        var spec =
                both.ofImages().op() instanceof Op.ConvolutionInputGradient(var s, _)
                        ? Optional.of(s)
                        : Optional.<ConvolutionSpec>empty();
        var form = spec.flatMap(s -> WinogradConvolution.choose(winograd, s, images, filters));
        if (form.isEmpty()) {
            var ofImages = call(both.ofImages(), memory);
            var ofFilters = call(both.ofFilters(), memory);
            return () -> {
                ofImages.run();
                ofFilters.run();
            };
        }
        var f = memory.floats();
        int dy = at(both.ofImages(), 0, memory);
        int w = at(both.ofImages(), 1, memory);
        int x = at(both.ofFilters(), 0, memory);
        int dx = memory.layout().offset(both.ofImages().out().buffer());
        int dw = memory.layout().offset(both.ofFilters().out().buffer());
        var kernel =
                WinogradGradients.ofBoth(machine, form.get(), spec.orElseThrow(), images, filters);
        return () -> kernel.runBoth(f, x, f, w, f, dy, f, dx, f, dw);
    }

    private Task windowed(Op.Windowed op, Kernel.Call call, Memory memory) {
        var f = memory.floats();
        var threads = machine.threads();
        int x = at(call, 0, memory);
        int out = memory.layout().offset(call.out().buffer());
        var images = call.in().getFirst().type().shape();
        return switch (op) {
            case Op.MaxPool(var window) -> {
                var kernel = MaxPooling.of(threads, window, images);
                yield () -> kernel.run(f, x, f, out);
            }
            case Op.MaxPoolGradient(var window) -> {
                var kernel = MaxPooling.of(threads, window, images);
                int dy = at(call, 1, memory);
                yield () -> kernel.runGradient(f, x, f, dy, f, out);
            }
            case Op.MaxPoolPick(var window) -> {
                var kernel = MaxPooling.of(threads, window, images);
                int t = at(call, 1, memory);
                yield () -> kernel.runPick(f, x, f, t, f, out);
            }
            case Op.AveragePool(var window) -> {
                var kernel = AveragePooling.of(threads, window, images);
                yield () -> kernel.run(f, x, f, out);
            }
            case Op.AveragePoolGradient(var window, var shape) -> {
                var kernel = AveragePooling.of(threads, window, shape);
                yield () -> kernel.runGradient(f, x, f, out);
            }
        };
    }

    private static int at(Kernel.Call call, int operand, Memory memory) {
        Operand from = call.in().get(operand);
        return memory.layout().offset(from.buffer());
    }
}
