package motley.webgpu;

import static motley.tensor.Require.require;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import motley.compiler.device.DevicePlan;
import motley.compiler.device.SelfTest;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Precision;
import motley.webgpu.wgsl.Tiling;
import motley.webgpu.wgsl.Tuning;

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
    private final Optional<Tuner> tuner;
    private final List<Executable> executables = new ArrayList<>();
    private boolean closed;

    private WebGpuEngine(
            GpuDevice device, GpuTarget target, Settings settings, Optional<Tuner> tuner) {
        this.device = device;
        this.target = target;
        this.settings = settings;
        this.tuner = tuner;
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
        return open(settings, device -> open(device, usual(device), settings, Optional.empty()));
    }

    /// The same, which also times tilings as `timing` says, but for half floats: their bits depend
    /// on the tiling.
    public static WebGpuEngine open(Settings settings, Timing timing) {
        return open(
                settings,
                device -> {
                    boolean times =
                            settings.precision() == Precision.FLOAT
                                    && (timing.onSoftware() || !device.adapter().isSoftware());
                    Optional<Tuner> tuner =
                            times ? Optional.of(new Tuner(device, timing)) : Optional.empty();
                    return open(device, usual(device), settings, tuner);
                });
    }

    /// The same with the tiling that `tiling` says, which [#open(Settings)] chooses.
    public static WebGpuEngine open(Settings settings, Tiling tiling) {
        return open(settings, device -> open(device, tiling, settings, Optional.empty()));
    }

    private static WebGpuEngine open(Settings settings, Function<GpuDevice, WebGpuEngine> engine) {
        var device = GpuDevice.open(settings);
        try {
            return engine.apply(device);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static Tiling usual(GpuDevice device) {
        return device.adapter().isSoftware() ? Tiling.DIRECT : Tiling.SHARED;
    }

    private static WebGpuEngine open(
            GpuDevice device, Tiling tiling, Settings settings, Optional<Tuner> tuner) {
        var target = new GpuTarget(device.limits(), tiling, settings.precision());
        var engine = new WebGpuEngine(device, target, settings, tuner);
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
        var executable = WebGpuExecutable.of(device, plan(program, carries), carries);
        executables.add(executable);
        return executable;
    }

    /// In the tilings that were found fastest; those of the largest kernels are timed before.
    private DevicePlan plan(Program program, List<Carry> carries) {
        var offered = compile(program, carries, tuner.map(t -> t.tuning(true)));
        require(
                offered.bytes() <= settings.memoryBytesMax(),
                "memory: %d bytes (expected: at most %d)",
                offered.bytes(),
                settings.memoryBytesMax());
        if (tuner.isEmpty() || !tuner.get().learn(offered)) return offered;
        return compile(program, carries, tuner.map(t -> t.tuning(false)));
    }

    private DevicePlan compile(Program program, List<Carry> carries, Optional<Tuning> tuning) {
        return GpuPlans.compile(program, carries, target, tuning.orElse(Tuning.NONE));
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        executables.forEach(Executable::close);
        device.close();
    }
}
