package motley.webgpu;

import motley.program.Engine;
import motley.programs.EngineContract;
import motley.webgpu.wgsl.GpuLimits;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Plans of the renderer in a real browser, for the limits that every browser has.
/// `e2e/webgpu.sh` runs it: it needs Chromium.
@EnabledIfSystemProperty(
        named = BrowserEngineContract.BROWSER,
        matches = ".+",
        disabledReason = "needs Chromium; e2e/webgpu.sh runs it with one")
final class BrowserEngineContract extends EngineContract {
    /// Chromium's file.
    static final String BROWSER = "motley.webgpu.browser";

    private static final String MODULES = "motley.webgpu.modules";

    private static BrowserEngine.Page page;

    @BeforeAll
    static void open() {
        page = BrowserEngine.Page.open(System.getProperty(MODULES), System.getProperty(BROWSER));
    }

    @AfterAll
    static void close() {
        page.close();
    }

    @Override
    protected Engine engine() {
        return new BrowserEngine(page, new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT));
    }

    /// WGSL lets a device take them for zeros, and SwiftShader does.
    @Override
    protected boolean keepsSubnormals() {
        return false;
    }
}
