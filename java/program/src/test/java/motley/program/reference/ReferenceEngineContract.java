package motley.program.reference;

import motley.program.Engine;
import motley.programs.EngineContract;

final class ReferenceEngineContract extends EngineContract {
    @Override
    protected Engine engine() {
        return new ReferenceEngine();
    }
}
