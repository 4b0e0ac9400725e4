package motley.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// How a device finds out whether multiply-adds round once.
final class WasmProbeTest {
    @Test
    void pageHoldsItsBytes() throws Exception {
        var page = Files.readString(Path.of("../../docs/wasm.md"));
        assertThat(page).contains(Base64.getEncoder().encodeToString(WasmProbe.module()));
    }

    /// Node knows relaxed instructions or it does not; where it does, x86 and ARM round once.
    @Test
    void nodeAnswers() {
        try (var node = NodeProcess.start()) {
            assertThat(node.probe(WasmProbe.module())).isBetween(0, WasmProbe.FUSED);
        }
    }
}
