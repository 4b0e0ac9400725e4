package motley.webgpu;

import java.nio.file.Path;
import motley.program.Engine;
import motley.programs.EngineContract;
import motley.webgpu.wgsl.Tiling;

/// The native engine on the GPU of this machine, or on a software adapter.
final class NativeEngineContract extends EngineContract {
    @Override
    protected Engine engine() {
        var library = Path.of(System.getProperty("motley.webgpu"));
        var settings = new WebGpuEngine.Settings(library, true, 1L << 30);
        return WebGpuEngine.open(
                settings, Tiling.valueOf(System.getProperty("motley.tiling", "DIRECT")));
    }
}
