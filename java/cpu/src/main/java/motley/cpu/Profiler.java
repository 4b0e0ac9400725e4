package motley.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.Executable;
import motley.tensor.Tensor;

/// Measures the kernels of an engine, one by one.
///
/// It puts a clock around each kernel when a program is prepared, so that an engine without a
/// profiler has nothing to ask while it runs. Two looks at the clock cost about 50 ns a kernel.
///
/// Confined to the engine's caller.
public final class Profiler {
    /// Most runs that are kept one by one.
    public static final int SPANS_MAX = 1 << 18;

    private final LongSupplier nanoTime;
    private final List<Timer> timers = new ArrayList<>();
    private int[] kernels = new int[1 << 10];
    private long[] startsNs = new long[1 << 10];
    private long[] durationsNs = new long[1 << 10];
    private int spans;
    private long spansLost;

    /// @param nanoTime the time in ns, from any origin
    public Profiler(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// Forgets all runs so far: those of a warm-up.
    public void reset() {
        spans = 0;
        spansLost = 0;
        for (var timer : timers) timer.reset();
    }

    /// What was measured so far.
    public Profile profile() {
        var seen = new ArrayList<Profile.Span>();
        for (int i = 0; i < spans; i++) {
            seen.add(new Profile.Span(kernels[i], startsNs[i], durationsNs[i]));
        }
        return new Profile(timers.stream().map(Timer::time).toList(), seen, spansLost);
    }

    Task timed(Plan plan, Kernel kernel, Task task) {
        var timer = new Timer(timers.size(), plan.label(kernel), kernel, task);
        timers.add(timer);
        return timer;
    }

    Executable timed(Executable executable) {
        return new TimedExecutable(executable);
    }

    private void note(int kernel, long startNs, long ns) {
        if (spans == SPANS_MAX) {
            spansLost++;
            return;
        }
        if (spans == kernels.length) {
            kernels = Arrays.copyOf(kernels, 2 * spans);
            startsNs = Arrays.copyOf(startsNs, 2 * spans);
            durationsNs = Arrays.copyOf(durationsNs, 2 * spans);
        }
        kernels[spans] = kernel;
        startsNs[spans] = startNs;
        durationsNs[spans++] = ns;
    }

    private final class Timer implements Task {
        private final int number;
        private final String label;
        private final Kernel kernel;
        private final Task task;
        private long runs;
        private long totalNs;

        Timer(int number, String label, Kernel kernel, Task task) {
            this.number = number;
            this.label = label;
            this.kernel = kernel;
            this.task = task;
        }

        @Override
        public void run() {
            long startNs = nanoTime.getAsLong();
            task.run();
            long ns = nanoTime.getAsLong() - startNs;
            runs++;
            totalNs += ns;
            note(number, startNs, ns);
        }

        void reset() {
            runs = 0;
            totalNs = 0;
        }

        Profile.KernelTime time() {
            var cost = KernelCost.of(kernel);
            return new Profile.KernelTime(
                    name(kernel), label, runs, totalNs, cost.flops(), cost.bytes());
        }
    }

    private static String name(Kernel kernel) {
        return switch (kernel) {
            case Kernel.Loop loop -> "loop " + loop.extents();
            case Kernel.Fold fold -> "fold %s %s".formatted(fold.kind(), fold.extents());
            case Kernel.Rows rows ->
                    "%d stages of %d rows".formatted(rows.stages().size(), rows.rows());
            case Kernel.Product product -> "product " + product.extents();
            case Kernel.Call call ->
                    call.op().getClass().getSimpleName() + " " + call.out().type().shape();
        };
    }

    private final class TimedExecutable implements Executable {
        private final Executable inner;

        TimedExecutable(Executable inner) {
            this.inner = inner;
        }

        @Override
        public void write(int param, Tensor value) {
            inner.write(param, value);
        }

        @Override
        public void run() {
            long startNs = nanoTime.getAsLong();
            inner.run();
            note(-1, startNs, nanoTime.getAsLong() - startNs);
        }

        @Override
        public void read(int result, Tensor into) {
            inner.read(result, into);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
