package motley.cpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.program.Program;
import motley.program.ProgramHash;
import motley.tensor.Tensor;

/// Measures the kernels of an engine, one by one.
///
/// It puts a clock around each kernel when a program is prepared, so that an engine without a
/// profiler has nothing to ask while it runs. Two looks at the clock and a lock that nobody else
/// wants cost about 100 ns a kernel. Sums are kept for ever, single runs in a ring of the latest
/// [#SPANS_MAX]; a program that is prepared again goes on with its sums.
///
/// One engine's caller measures; any thread may ask for the [#profile] meanwhile.
public final class Profiler {
    /// Most runs that are kept one by one: some thousand training steps.
    public static final int SPANS_MAX = 1 << 16;

    private final LongSupplier nanoTime;
    private final Map<Key, ProgramClock> programs = new LinkedHashMap<>();
    private final int[] spanPrograms = new int[SPANS_MAX];
    private final int[] spanKernels = new int[SPANS_MAX];
    private final long[] startsNs = new long[SPANS_MAX];
    private final long[] durationsNs = new long[SPANS_MAX];
    private long noted;

    /// @param nanoTime the time in ns, from any origin
    public Profiler(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Key(ProgramHash program, List<Carry> carries) {}

    /// Forgets all runs so far: those of a warm-up.
    public synchronized void reset() {
        noted = 0;
        programs.values().forEach(ProgramClock::reset);
    }

    /// What was measured so far.
    public synchronized Profile profile() {
        var seen = new ArrayList<Profile.Span>();
        long lost = Math.max(0, noted - SPANS_MAX);
        for (long i = lost; i < noted; i++) {
            int at = (int) (i % SPANS_MAX);
            seen.add(
                    new Profile.Span(
                            spanPrograms[at], spanKernels[at], startsNs[at], durationsNs[at]));
        }
        return new Profile(programs.values().stream().map(ProgramClock::time).toList(), seen, lost);
    }

    /// The clock of a program, a new one or that of its former executables.
    synchronized ProgramClock clock(Program program, List<Carry> carries, Plan plan) {
        var key = new Key(ProgramHash.of(program), List.copyOf(carries));
        return programs.computeIfAbsent(
                key, _ -> new ProgramClock(programs.size(), key.program(), plan));
    }

    private void note(int program, int kernel, long startNs, long ns) {
        int at = (int) (noted++ % SPANS_MAX);
        spanPrograms[at] = program;
        spanKernels[at] = kernel;
        startsNs[at] = startNs;
        durationsNs[at] = ns;
    }

    /// Times of one program.
    final class ProgramClock {
        private final int number;
        private final ProgramHash program;
        private final List<KernelSum> kernels = new ArrayList<>();
        private long runs;
        private long ns;
        private long copyNs;

        private ProgramClock(int number, ProgramHash program, Plan plan) {
            this.number = number;
            this.program = program;
            for (var kernel : plan.kernels()) {
                kernels.add(new KernelSum(name(kernel), plan.label(kernel), KernelCost.of(kernel)));
            }
        }

        /// `task`, which is kernel number `kernel` of the plan, with a clock around it.
        Task timed(int kernel, Task task) {
            var sum = kernels.get(kernel);
            return () -> {
                long startNs = nanoTime.getAsLong();
                task.run();
                ran(kernel, sum, startNs, nanoTime.getAsLong());
            };
        }

        Executable timed(Executable executable) {
            return new TimedExecutable(this, executable);
        }

        private void ran(int kernel, KernelSum sum, long startNs, long endNs) {
            synchronized (Profiler.this) {
                sum.runs++;
                sum.ns += endNs - startNs;
                note(number, kernel, startNs, endNs - startNs);
            }
        }

        private void ranWhole(long startNs, long endNs) {
            synchronized (Profiler.this) {
                runs++;
                ns += endNs - startNs;
                note(number, -1, startNs, endNs - startNs);
            }
        }

        private void copied(long sinceNs) {
            long untilNs = nanoTime.getAsLong();
            synchronized (Profiler.this) {
                copyNs += untilNs - sinceNs;
            }
        }

        private void reset() {
            runs = 0;
            ns = 0;
            copyNs = 0;
            kernels.forEach(KernelSum::reset);
        }

        private Profile.ProgramTime time() {
            var times = kernels.stream().map(KernelSum::time).toList();
            return new Profile.ProgramTime(program, runs, ns, copyNs, times);
        }
    }

    private static final class KernelSum {
        private final String name;
        private final String label;
        private final KernelCost cost;
        private long runs;
        private long ns;

        KernelSum(String name, String label, KernelCost cost) {
            this.name = name;
            this.label = label;
            this.cost = cost;
        }

        void reset() {
            runs = 0;
            ns = 0;
        }

        Profile.KernelTime time() {
            return new Profile.KernelTime(name, label, runs, ns, cost.flops(), cost.bytes());
        }
    }

    private static String name(Kernel kernel) {
        return switch (kernel) {
            case Kernel.Loop loop -> "loop " + loop.extents();
            case Kernel.Fold fold -> "fold %s %s".formatted(fold.kind(), fold.extents());
            case Kernel.Rows rows ->
                    "%d stages of %d rows".formatted(rows.stages().size(), rows.rows());
            case Kernel.Product product -> "product " + productName(product);
            case Kernel.Call call ->
                    call.op().getClass().getSimpleName() + " " + call.out().type().shape();
            case Kernel.Gradients both ->
                    "ConvolutionGradients %s and %s"
                            .formatted(
                                    both.ofImages().out().type().shape(),
                                    both.ofFilters().out().type().shape());
        };
    }

    /// `[batch, rows, terms, columns]`.
    private static String productName(Kernel.Product product) {
        var e = product.extents();
        return List.of(product.batch(), e.get(2), e.get(3), e.get(4)).toString();
    }

    private final class TimedExecutable implements Executable {
        private final ProgramClock clock;
        private final Executable inner;

        TimedExecutable(ProgramClock clock, Executable inner) {
            this.clock = clock;
            this.inner = inner;
        }

        @Override
        public void write(int param, Tensor value) {
            long startNs = nanoTime.getAsLong();
            inner.write(param, value);
            clock.copied(startNs);
        }

        @Override
        public void run() {
            long startNs = nanoTime.getAsLong();
            inner.run();
            clock.ranWhole(startNs, nanoTime.getAsLong());
        }

        @Override
        public void read(int result, Tensor into) {
            long startNs = nanoTime.getAsLong();
            inner.read(result, into);
            clock.copied(startNs);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
