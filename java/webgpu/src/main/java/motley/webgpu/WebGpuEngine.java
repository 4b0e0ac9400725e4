package motley.webgpu;

import static motley.tensor.Require.require;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import motley.compiler.device.SelfTest;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Precision;
import motley.webgpu.wgsl.Tiling;

/// The engine for GPUs, over any library that has the C interface `webgpu.h` (Vulkan, Metal,
/// D3D12): the device plans that browsers get, run natively.
///
/// Results are bitwise reproducible on one adapter; across adapters they are within the bounds of
/// float32, because a GPU may fuse a multiplication with an addition or not. Confined to one caller
/// at a time; closing it closes its executables.
public final class WebGpuEngine implements Engine {
    private final GpuDevice device;
    private final GpuTarget target;
    private final Settings settings;
    private final List<Executable> executables = new ArrayList<>();
    private boolean closed;

    private WebGpuEngine(GpuDevice device, GpuTarget target, Settings settings) {
        this.device = device;
        this.target = target;
        this.settings = settings;
    }

    /// Which library and how much of the machine.
    ///
    /// @param file a shared library that exports `webgpu.h`
    /// @param allowSoftware whether an adapter that computes on the CPU will do
    /// @param memoryBytesMax most memory of one prepared program
    /// @param precision of operands in shared tiles
    public record Settings(
            Path file, boolean allowSoftware, long memoryBytesMax, Precision precision) {
        /// In float32.
        public Settings(Path file, boolean allowSoftware, long memoryBytesMax) {
            this(file, allowSoftware, memoryBytesMax, Precision.FLOAT);
        }

        public Settings {
            require(
                    memoryBytesMax >= 1,
                    "memoryBytesMax: %d (expected: at least 1)",
                    memoryBytesMax);
        }
    }

    /// Opens the fastest GPU of this machine and has it compute what is known.
    ///
    /// @throws EngineUnavailableException if there is none that may be used, or it computes wrongly
    public static WebGpuEngine open(Settings settings) {
        var device = GpuDevice.open(settings);
        try {
            var tiling = device.adapter().isSoftware() ? Tiling.DIRECT : Tiling.SHARED;
            return open(device, tiling, settings);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /// The same with the tiling that `tiling` says, which [#open(Settings)] chooses.
    public static WebGpuEngine open(Settings settings, Tiling tiling) {
        var device = GpuDevice.open(settings);
        try {
            return open(device, tiling, settings);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static WebGpuEngine open(GpuDevice device, Tiling tiling, Settings settings) {
        var target = new GpuTarget(device.limits(), tiling, settings.precision());
        var engine = new WebGpuEngine(device, target, settings);
        engine.test();
        return engine;
    }

    /// @throws EngineUnavailableException if the GPU computes wrongly what is known
    private void test() {
        var test = SelfTest.ofOperations();
        var wrong = test.wrong(run(test.program(), test.tensors()));
        if (wrong.isEmpty()) return;
        throw new EngineUnavailableException(
                "GPU: %s computes %s".formatted(adapter(), wrong.get()));
    }

    /// The GPU in use.
    public Adapter adapter() {
        return device.adapter();
    }

    /// Whether the GPU has half floats, asked for or not.
    public boolean hasHalfFloats() {
        return device.hasHalfFloats();
    }

    /// What plans are compiled for.
    public GpuTarget target() {
        return target;
    }

    @Override
    public String numericClass() {
        var name = GpuPlans.numericClass(device.adapter().label());
        return target.precision() == Precision.HALF ? name + "-half" : name;
    }

    /// @throws IllegalStateException if the engine is closed, or its GPU refuses or is lost
    /// @throws IllegalArgumentException if the program needs more memory than the settings or the
    ///     GPU allow
    @Override
    public Executable prepare(Program program, List<Carry> carries) {
        if (closed) throw new IllegalStateException("engine: closed (expected: open)");
        var plan = GpuPlans.compile(program, carries, target);
        require(
                plan.bytes() <= settings.memoryBytesMax(),
                "memory: %d bytes (expected: at most %d)",
                plan.bytes(),
                settings.memoryBytesMax());
        var executable = WebGpuExecutable.of(device, plan, carries);
        executables.add(executable);
        return executable;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        executables.forEach(Executable::close);
        device.close();
    }
}
