package motley.wasm;

import static motley.wasm.binary.Instruction.DROP_I32;
import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.I32_AND;
import static motley.wasm.binary.Instruction.I32_ATOMIC_ADD;
import static motley.wasm.binary.Instruction.I32_ATOMIC_LOAD;
import static motley.wasm.binary.Instruction.I32_ATOMIC_STORE;
import static motley.wasm.binary.Instruction.I32_EQ;
import static motley.wasm.binary.Instruction.I32_NE;
import static motley.wasm.binary.Instruction.MEMORY_ATOMIC_NOTIFY;
import static motley.wasm.binary.Instruction.MEMORY_ATOMIC_WAIT32;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.Op;
import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.FunctionType;

/// Writes the kernels of a plan for several threads over one memory: each kernel is divided where
/// that changes no bit ([Division]), and all threads wait for each other where one kernel may read
/// what another wrote.
///
/// Each thread has an instance of the module and calls its `run` with its number, counted from 0.
/// When that of number 0 returns, all results are there.
final class Team {
    /// How many threads have come to the present meeting.
    private static final int ARRIVED = 64;

    /// How many meetings there were; a line of memory away.
    private static final int MEETINGS = 192;

    /// So often a thread looks before it sleeps: some microseconds.
    private static final int LOOKS = 2_000;

    private final Rendering rendering;
    private final Code c;
    private final Function meet;

    /// Whether what was written since the last meeting is of thread 0 alone, or of nobody.
    private boolean isOfOne = true;

    private Team(Rendering rendering, Code c, Function meet) {
        this.rendering = rendering;
        this.c = c;
        this.meet = meet;
    }

    /// The function of one thread, whose argument is its number.
    static Function run(Rendering rendering, Plan plan) {
        var module = rendering.module();
        var meet = module.function(FunctionType.ofInts(0), c -> meeting(c, rendering.threads()));
        var kernels =
                module.function(
                        FunctionType.ofInts(1), c -> new Team(rendering, c, meet).kernels(plan));
        // Only now it is known how much scratch memory each thread has.
        return module.function(
                FunctionType.ofInts(1),
                c -> {
                    rendering.takeScratch(c, c.param(0));
                    c.get(c.param(0)).call(kernels);
                });
    }

    // ---- Kernels ---------------------------------------------------------------------------

    private void kernels(Plan plan) {
        for (var kernel : plan.kernels()) {
            switch (kernel) {
                case Kernel.Gradients(var ofImages, var ofFilters) -> {
                    kernel(ofImages);
                    kernel(ofFilters);
                }
                case Kernel.Rows rows -> rows(rows);
                case Kernel.Stage _, Kernel.Product _, Kernel.Call _ -> kernel(kernel);
            }
        }
        c.call(meet);
    }

    private void kernel(Kernel kernel) {
        if (kernel instanceof Kernel.Call call
                && call.op() instanceof Op.ConvolutionFilterGradient gradient) {
            filters(gradient, call);
            return;
        }
        var parts = new ArrayList<Runnable>();
        for (var slice : Division.of(kernel, rendering.threads())) {
            parts.add(
                    () ->
                            rendering.shifted(
                                    slice.shifts(),
                                    () -> WasmCompiler.kernel(rendering, c, slice.kernel())));
        }
        step(parts);
    }

    private void rows(Kernel.Rows rows) {
        var calls = new StageCalls(rendering);
        long work = rows.stages().stream().mapToLong(Division::work).sum();
        var parts = new ArrayList<Runnable>();
        for (var range : Division.ranges(rows.rows(), threadsFor(work), 1)) {
            parts.add(() -> calls.call(c, rows, range.first(), range.count()));
        }
        step(parts);
    }

    private int threadsFor(long work) {
        return work < Division.WORK_MIN ? 1 : rendering.threads();
    }

    /// Shares of the batch, which are there whatever the number of threads; then their sum.
    private void filters(Op.ConvolutionFilterGradient gradient, Kernel.Call call) {
        var images = call.in().getFirst().type().shape();
        var all = Convolutions.shares(gradient.spec(), images, gradient.shape());
        var parts = new ArrayList<Runnable>();
        for (var range : Division.ranges(all.count(), rendering.threads(), 1)) {
            parts.add(() -> FilterGradientCode.shares(rendering, c, all.of(range), call));
        }
        step(parts);
        step(List.of(() -> FilterGradientCode.addition(rendering, c, all.form(), call)));
    }

    // ---- Threads ---------------------------------------------------------------------------

    /// Thread number `i` writes part `i`, after everything that was written before is there.
    private void step(List<Runnable> parts) {
        if (!(isOfOne && parts.size() == 1)) c.call(meet);
        isOfOne = parts.size() == 1;
        for (int number = 0; number < parts.size(); number++) {
            c.get(c.param(0)).i32(number).op(I32_EQ).when(parts.get(number));
        }
    }

    /// Goes on when all threads are here. The last one to come counts the meeting and wakes those
    /// that sleep.
    private static void meeting(Code c, int threads) {
        var meeting = c.i32Local();
        var looks = c.i32Local();
        c.i32(MEETINGS).memory(I32_ATOMIC_LOAD, 0).set(meeting);
        c.i32(ARRIVED).i32(1).memory(I32_ATOMIC_ADD, 0).i32(threads - 1).op(I32_EQ);
        c.choose(
                () -> {
                    c.i32(ARRIVED).i32(0).memory(I32_ATOMIC_STORE, 0);
                    c.i32(MEETINGS).i32(1).memory(I32_ATOMIC_ADD, 0).op(DROP_I32);
                    c.i32(MEETINGS).i32(threads).memory(MEMORY_ATOMIC_NOTIFY, 0).op(DROP_I32);
                },
                () -> {
                    c.i32(LOOKS).set(looks);
                    Runnable isOpen =
                            () ->
                                    c.i32(MEETINGS)
                                            .memory(I32_ATOMIC_LOAD, 0)
                                            .get(meeting)
                                            .op(I32_EQ);
                    c.loopWhile(
                            () -> {
                                isOpen.run();
                                c.get(looks).i32(0).op(I32_NE);
                                c.op(I32_AND);
                            },
                            () -> c.get(looks).i32(-1).op(I32_ADD).set(looks));
                    c.loopWhile(
                            isOpen,
                            () -> {
                                c.i32(MEETINGS).get(meeting).i64(-1);
                                c.memory(MEMORY_ATOMIC_WAIT32, 0).op(DROP_I32);
                            });
                });
    }
}
