package motley.coordinator;

import motley.nn.TrainingPrograms;
import motley.program.Cost;
import motley.program.Program;
import motley.rounds.Kind;
import motley.rounds.credits.Price;

/// What the tasks of a run are worth, from the programs its devices get.
final class RunPrice {
    private RunPrice() {}

    static Price of(RunPlan plan) {
        var schedule = plan.settings().schedule();
        int micro = schedule.microBatch();
        int batch = schedule.evaluationBatch();
        var gradient = TrainingPrograms.gradient(plan.model(), micro).program();
        var evaluate = TrainingPrograms.evaluate(plan.model(), batch).program();
        return new Price(perSample(gradient, micro), perSample(evaluate, batch));
    }

    /// Micro-credits that a run sets aside: what all its tasks are worth, each once, and with
    /// audits each twice; its budget where that is less.
    static long reserve(RunPlan plan, Price price) {
        long once = price.micros(plan.settings().schedule());
        boolean audits = plan.request().crew().precautions().audits();
        long wanted = audits ? 2 * Math.min(once, Long.MAX_VALUE / 2) : once;
        return Math.min(wanted, plan.request().claim().budgetMicros().orElse(wanted));
    }

    /// The most that a round and an evaluation after it take.
    static long ahead(RunPlan plan, Price price) {
        var schedule = plan.settings().schedule();
        long round = 0;
        for (int slot = 0; slot < schedule.slots(0); slot++) {
            int samples = schedule.samplesOf(0, slot).count();
            round += price.micros(Kind.TRAIN, samples);
        }
        return round + price.micros(Kind.EVALUATE, schedule.evaluationSamples());
    }

    private static long perSample(Program program, int samples) {
        return Math.ceilDiv(Cost.of(program).flops(), samples);
    }
}
