package motley.webgpu;

import static motley.tensor.Require.require;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import motley.compiler.device.DevicePlan;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A device plan with its memory and pipelines on a GPU.
///
/// A carried result may lie where its param does. When such a param is written between a run and a
/// read, the result is set aside first.
final class WebGpuExecutable implements Executable {
    private final GpuDevice device;
    private final DevicePlan plan;
    private final List<Carry> carries;
    private final List<MemorySegment> buffers = new ArrayList<>();
    private final List<MemorySegment> pipelines = new ArrayList<>();
    private final List<GpuDevice.Ready> dispatches = new ArrayList<>();
    private final List<Optional<Tensor>> setAside = new ArrayList<>();
    private boolean hasRun;
    private boolean closed;

    private WebGpuExecutable(GpuDevice device, DevicePlan plan, List<Carry> carries) {
        this.device = device;
        this.plan = plan;
        this.carries = List.copyOf(carries);
        for (int i = 0; i < plan.outputs().size(); i++) setAside.add(Optional.empty());
    }

    /// Allocates the memory of `plan` and compiles its shaders.
    ///
    /// @throws IllegalStateException if the device refuses them
    static WebGpuExecutable of(GpuDevice device, DevicePlan plan, List<Carry> carries) {
        var executable = new WebGpuExecutable(device, plan, carries);
        try {
            executable.make();
            device.requireHealthy();
            return executable;
        } catch (RuntimeException e) {
            executable.close();
            throw e;
        }
    }

    private void make() {
        if (!(plan.code() instanceof DevicePlan.Code.Shaders(var shaders, var launches, _))) {
            throw new IllegalStateException("plan: for " + plan.engine() + " (expected: webgpu)");
        }
        for (long bytes : plan.buffers()) buffers.add(device.storage(bytes));
        for (var shader : shaders) pipelines.add(device.pipeline(shader, "main"));
        device.requireHealthy();
        for (var launch : launches) {
            var pipeline = pipelines.get(launch.shader());
            var group = device.bind(pipeline, launch.bindings(), buffers);
            dispatches.add(new GpuDevice.Ready(pipeline, group, launch.groups()));
        }
    }

    @Override
    public void write(int param, Tensor value) {
        requireOpen();
        var to = plan.inputs().get(Objects.checkIndex(param, plan.inputs().size()));
        requireType("param", value.type(), to.type());
        for (var carry : carries) {
            if (carry.param() == param) setAside(carry.result(), to);
        }
        try (var scope = Arena.ofConfined()) {
            var bytes = scope.allocate(to.place().bytes(), ValueLayout.JAVA_LONG.byteSize());
            widen(value, bytes);
            device.write(buffers.get(to.place().buffer()), to.place().offset(), bytes);
        }
    }

    private void setAside(int result, DevicePlan.Port param) {
        var from = plan.outputs().get(result);
        if (!from.place().equals(param.place()) || setAside.get(result).isPresent()) return;
        if (!hasRun) return;
        var copy = Tensor.onHeap(from.type());
        copyOut(from, copy);
        setAside.set(result, Optional.of(copy));
    }

    @Override
    public void run() {
        requireOpen();
        device.run(dispatches);
        hasRun = true;
        for (int i = 0; i < setAside.size(); i++) setAside.set(i, Optional.empty());
    }

    @Override
    public void read(int result, Tensor into) {
        requireOpen();
        var from = plan.outputs().get(Objects.checkIndex(result, plan.outputs().size()));
        requireType("result", into.type(), from.type());
        var kept = setAside.get(result);
        if (kept.isPresent()) into.copyFrom(kept.get());
        else copyOut(from, into);
    }

    private void copyOut(DevicePlan.Port from, Tensor into) {
        try (var scope = Arena.ofConfined()) {
            var bytes = scope.allocate(from.place().bytes(), ValueLayout.JAVA_LONG.byteSize());
            device.read(buffers.get(from.place().buffer()), from.place().offset(), bytes);
            narrow(bytes, into);
        }
    }

    private static void widen(Tensor value, MemorySegment to) {
        if (value.type().dtype() != DType.BOOL) {
            to.copyFrom(value.data());
            return;
        }
        int count = value.shape().count();
        for (int i = 0; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_INT, i, value.getBoolean(i) ? 1 : 0);
        }
    }

    private static void narrow(MemorySegment from, Tensor into) {
        if (into.type().dtype() != DType.BOOL) {
            into.data().copyFrom(from);
            return;
        }
        int count = into.shape().count();
        for (int i = 0; i < count; i++) {
            into.setBoolean(i, from.getAtIndex(ValueLayout.JAVA_INT, i) != 0);
        }
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        for (var dispatch : dispatches) device.release("BindGroup", dispatch.group());
        for (var pipeline : pipelines) device.release("ComputePipeline", pipeline);
        buffers.forEach(device::destroy);
    }

    private void requireOpen() {
        if (closed) throw new IllegalStateException("executable: closed (expected: open)");
    }

    private static void requireType(String what, TensorType type, TensorType expected) {
        require(type.equals(expected), "%s: %s (expected: %s)", what, type, expected);
    }
}
