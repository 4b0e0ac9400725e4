package motley.cpu;

import motley.compiler.kernel.Kernel;
import motley.cpu.kernel.Threads;

/// Renders fused loops and folds.
final class LoopClasses {
    Task task(Kernel.Loop loop, Memory memory, Threads threads) {
        return new InterpretedLoop(loop, memory);
    }

    Task task(Kernel.Fold fold, Memory memory, Threads threads) {
        return new InterpretedFold(fold, memory);
    }
}
