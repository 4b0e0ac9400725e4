package motley.worker;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.program.reference.ReferenceEngine;
import motley.tensor.Tensor;

/// The reference engine, stopped in the middle of a run for as long as a test likes.
final class GatedEngine implements Engine {
    private final ReferenceEngine engine = new ReferenceEngine();

    /// Open when a program has begun to run.
    final CountDownLatch begun = new CountDownLatch(1);

    /// Lets programs run to their end when opened.
    final CountDownLatch gate = new CountDownLatch(1);

    @Override
    public String numericClass() {
        return engine.numericClass();
    }

    @Override
    public Executable prepare(Program program, List<Carry> carries) {
        return new Gated(engine.prepare(program, carries));
    }

    @Override
    public void close() {
        engine.close();
    }

    private final class Gated implements Executable {
        private final Executable executable;

        Gated(Executable executable) {
            this.executable = executable;
        }

        @Override
        public void write(int param, Tensor value) {
            executable.write(param, value);
        }

        @Override
        public void run() {
            begun.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            executable.run();
        }

        @Override
        public void read(int result, Tensor into) {
            executable.read(result, into);
        }

        @Override
        public void close() {
            executable.close();
        }
    }
}
