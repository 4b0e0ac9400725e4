package motley.cpu;

import motley.program.Engine;
import motley.program.reference.Accuracy;
import motley.programs.EngineContract;

final class CpuEngineContract extends EngineContract {
    private static final CpuSettings SETTINGS = new CpuSettings(2);

    @Override
    protected Engine engine() {
        return CpuEngine.open(SETTINGS);
    }

    @Override
    protected Accuracy accuracy() {
        return SETTINGS.convolution().accuracy();
    }
}
