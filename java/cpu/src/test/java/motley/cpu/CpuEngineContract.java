package motley.cpu;

import motley.program.Engine;
import motley.programs.EngineContract;

final class CpuEngineContract extends EngineContract {
    @Override
    protected Engine engine() {
        return CpuEngine.open(new CpuSettings(2));
    }
}
