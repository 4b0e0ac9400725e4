package motley.webgpu;

import java.nio.file.Path;
import motley.program.Engine;
import motley.programs.EngineContract;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The native engine on a GPU, or on a software adapter. `e2e/webgpu.sh` runs it: it needs a
/// library that the build does not fetch.
@EnabledIfSystemProperty(
        named = NativeEngineContract.FILE,
        matches = ".+",
        disabledReason = "needs a WebGPU library; e2e/webgpu.sh runs it with one")
final class NativeEngineContract extends EngineContract {
    /// The library's file.
    static final String FILE = "motley.webgpu.file";

    private static final String TILING = "motley.webgpu.tiling";
    private static final long MEMORY_BYTES_MAX = 1L << 30;

    @Override
    protected Engine engine() {
        var library = Path.of(System.getProperty(FILE));
        var settings = new WebGpuEngine.Settings(library, true, MEMORY_BYTES_MAX);
        return WebGpuEngine.open(settings, Tiling.valueOf(System.getProperty(TILING, "DIRECT")));
    }

    /// WGSL lets a device take them for zeros, and SwiftShader does.
    @Override
    protected boolean keepsSubnormals() {
        return false;
    }
}
