package motley.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.app.ProcessProfile.ProgramProfile;
import motley.compiler.Compiler;
import motley.cpu.Profile.KernelTime;
import motley.nn.Model;
import motley.nn.Optimizer;
import motley.nn.TrainingPrograms;
import motley.program.Engine.Carry;
import motley.program.Program;
import motley.program.ProgramHash;

/// What programs are for, and the layers of their kernels, by hash.
///
/// Programs travel without labels. But whoever has the model can build them again: programs of
/// equal hash become the same kernels in the same order, here with labels.
final class ProgramNames {
    static final ProgramNames NONE = new ProgramNames();

    private final Map<String, Named> byHash = new LinkedHashMap<>();

    private record Named(String name, Program program, List<Carry> carries) {}

    /// Those of a training, of batches of `batchSize`.
    ///
    /// @param taskSize samples of a device's task
    static ProgramNames of(Model model, Optimizer optimizer, int batchSize, int taskSize) {
        var names = new ProgramNames();
        var step = TrainingPrograms.step(model, optimizer, batchSize);
        names.add("step", step.program(), step.carries());
        if (!optimizer.squaresUses()) {
            var update = TrainingPrograms.update(model, optimizer);
            names.add("update", update.program(), update.carries());
        }
        names.add("gradient", TrainingPrograms.gradient(model, taskSize).program(), List.of());
        names.add("initial weights", TrainingPrograms.initial(model).program(), List.of());
        names.addEvaluation(model, batchSize);
        return names;
    }

    /// The evaluation of `batchSize` samples at once, without metrics and with them.
    void addEvaluation(Model model, int batchSize) {
        add("evaluate", TrainingPrograms.examine(model, batchSize).program(), List.of());
        add("evaluate", TrainingPrograms.evaluate(model, batchSize).program(), List.of());
    }

    private void add(String name, Program program, List<Carry> carries) {
        byHash.put(ProgramHash.of(program).hex(), new Named(name, program, carries));
    }

    /// The same profile with names and labels where they are known.
    ProcessProfile apply(ProcessProfile profile) {
        return profile.withPrograms(profile.programs().stream().map(this::named).toList());
    }

    private ProgramProfile named(ProgramProfile program) {
        var known = byHash.get(program.program());
        if (known == null) return program;
        return new ProgramProfile(
                program.program(),
                known.name,
                program.runs(),
                program.ns(),
                program.copyNs(),
                labelled(program.kernels(), known));
    }

    private static List<KernelTime> labelled(List<KernelTime> kernels, Named known) {
        if (kernels.stream().anyMatch(kernel -> !kernel.label().isEmpty())) return kernels;
        var plan = Compiler.compile(known.program, known.carries);
        if (plan.kernels().size() != kernels.size()) return kernels; // Another version's.
        var labelled = new ArrayList<KernelTime>();
        for (int i = 0; i < kernels.size(); i++) {
            var time = kernels.get(i);
            labelled.add(
                    new KernelTime(
                            time.name(),
                            plan.label(plan.kernels().get(i)),
                            time.runs(),
                            time.ns(),
                            time.flops(),
                            time.bytes()));
        }
        return labelled;
    }
}
