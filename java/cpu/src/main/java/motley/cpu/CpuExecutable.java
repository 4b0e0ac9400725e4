package motley.cpu;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A plan with its memory and its kernels, ready to run.
///
/// A carried result may lie where its param does. When such a param is written between a run and a
/// read, the result is set aside first.
final class CpuExecutable implements Executable {
    private final Plan plan;
    private final List<Carry> carries;
    private final Task[] tasks;
    private Optional<Memory> memory;
    private final Tensor[] setAside;
    private final boolean[] isSetAside;

    private CpuExecutable(Plan plan, List<Carry> carries, Memory memory, Task[] tasks) {
        this.plan = plan;
        this.carries = carries;
        this.memory = Optional.of(memory);
        this.tasks = tasks;
        this.setAside = new Tensor[plan.results().size()];
        this.isSetAside = new boolean[plan.results().size()];
    }

    /// What is put around the task of each kernel, given its number in the plan.
    interface Wrapping {
        Task wrap(int kernel, Task task);
    }

    /// Allocates the memory of `plan` and renders its kernels.
    ///
    /// @param wrapping what becomes of each kernel's task
    static CpuExecutable of(
            Plan plan, List<Carry> carries, Rendering rendering, Wrapping wrapping) {
        var memory = rendering.memory(plan);
        var kernels = plan.kernels();
        var tasks = new Task[kernels.size()];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = wrapping.wrap(i, rendering.task(kernels.get(i), memory));
        }
        return new CpuExecutable(plan, List.copyOf(carries), memory, tasks);
    }

    @Override
    public void write(int param, Tensor value) {
        var open = open();
        var to = plan.params().get(Objects.checkIndex(param, plan.params().size()));
        requireType("param", value.type(), to.type());
        for (var carry : carries) {
            if (carry.param() == param) setAside(open, carry.result(), to);
        }
        open.write(to, value);
    }

    private void setAside(Memory open, int result, Operand param) {
        var from = plan.results().get(result);
        boolean shared =
                open.layout().offset(from.buffer()) == open.layout().offset(param.buffer());
        if (!shared || isSetAside[result]) return;
        var copy =
                Objects.requireNonNullElseGet(setAside[result], () -> Tensor.onHeap(from.type()));
        open.read(from, copy);
        setAside[result] = copy;
        isSetAside[result] = true;
    }

    @Override
    public void run() {
        open();
        for (int i = 0; i < tasks.length; i++) tasks[i].run();
        for (int i = 0; i < isSetAside.length; i++) isSetAside[i] = false;
    }

    @Override
    public void read(int result, Tensor into) {
        var open = open();
        var from = plan.results().get(Objects.checkIndex(result, plan.results().size()));
        requireType("result", into.type(), from.type());
        if (isSetAside[result]) into.copyFrom(setAside[result]);
        else open.read(from, into);
    }

    @Override
    public void close() {
        memory = Optional.empty();
        java.util.Arrays.fill(tasks, (Task) () -> {});
    }

    private Memory open() {
        return memory.orElseThrow(
                () -> new IllegalStateException("executable: closed (expected: open)"));
    }

    private static void requireType(String what, TensorType type, TensorType expected) {
        require(type.equals(expected), "%s: %s (expected: %s)", what, type, expected);
    }
}
