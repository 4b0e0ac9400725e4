package motley.wasm;

import motley.program.Engine;
import motley.program.reference.Accuracy;
import motley.programs.EngineContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// What every engine promises, of plans with the instructions that every browser has.
final class WasmEngineContract extends EngineContract {
    private static NodeProcess node;

    @BeforeAll
    static void start() {
        node = NodeProcess.start();
    }

    @AfterAll
    static void end() {
        node.close();
    }

    @Override
    protected Engine engine() {
        return new NodeEngine(node, features());
    }

    /// Those of the plans under test; `-Dmotley.wasm.fused=true` asks for multiply-adds that round
    /// once.
    WasmFeatures features() {
        return Boolean.getBoolean("motley.wasm.fused") ? node.features() : WasmFeatures.PLAIN;
    }

    @Override
    protected Accuracy accuracy() {
        return Accuracy.FLOAT32;
    }
}
