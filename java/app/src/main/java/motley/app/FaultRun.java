package motley.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import motley.rounds.Rounds;
import motley.simulation.Fault;
import motley.simulation.FaultSuite;

/// Goes through seeds on all cores and says what it found.
final class FaultRun {
    private static final long PROGRESS_MS = 250;
    private static final int FINDING_LINES = 12;

    private final long first;
    private final long count;
    private final int threads;
    private final long endNs;
    private final Console console;
    private final FaultSuite suite = new FaultSuite();
    private final AtomicLong next = new AtomicLong();

    FaultRun(FaultOptions options, Console console) {
        this.console = console;
        first = options.first();
        count = options.count();
        threads = options.threads();
        var minutes = options.minutes();
        endNs =
                minutes.isPresent()
                        ? System.nanoTime() + (long) (minutes.get() * 60e9)
                        : Long.MAX_VALUE;
    }

    /// @return whether nothing was found
    boolean run() throws InterruptedException {
        long startNs = System.nanoTime();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) executor.execute(this::work);
            executor.shutdown();
            while (!executor.awaitTermination(PROGRESS_MS, TimeUnit.MILLISECONDS)) progress();
        }
        var totals = suite.totals();
        report(totals, (System.nanoTime() - startNs) / 1e9);
        return totals.failures() == 0 && totals.missing().isEmpty();
    }

    private void work() {
        for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            if (System.nanoTime() - endNs >= 0 && endNs != Long.MAX_VALUE) return;
            var verdict = FaultSuite.judge(Rounds::step, first + i);
            suite.add(verdict);
            if (verdict instanceof FaultSuite.Verdict.Failed failed) show(failed);
        }
    }

    private void progress() {
        var totals = suite.totals();
        console.progress(
                "%,d seeds, %,d failures, %,d decisions"
                        .formatted(totals.seeds(), totals.failures(), totals.decisions()));
    }

    private void show(FaultSuite.Verdict.Failed failed) {
        var replay = "motley simulate --faults --seeds 1 --first-seed " + failed.seed();
        failed.finding().lines().limit(1).forEach(console::say);
        var lines = failed.finding().lines().skip(1).toList();
        lines.subList(Math.max(0, lines.size() - FINDING_LINES), lines.size())
                .forEach(line -> console.say("  " + line));
        console.say("again with: " + replay);
        console.emit(
                "failure",
                Map.of(
                        "seed", failed.seed(),
                        "finding", failed.finding().lines().findFirst().orElse(""),
                        "replay", replay));
    }

    private void report(FaultSuite.Totals totals, double seconds) {
        var struck = new LinkedHashMap<String, Long>();
        for (var fault : Fault.values()) {
            long times = totals.struck().getOrDefault(fault, 0L);
            struck.put(fault.name(), times);
            console.say("%,12d %s".formatted(times, fault.text()));
        }
        for (var fault : totals.missing()) {
            console.say(fault.text() + ": never (expected: sometimes; the suite is at fault)");
        }
        console.say(
                ("%,d seeds, each twice: %,d failures, %,d decisions, %,d virtual minutes"
                                + " in %.0f s, digest %016x")
                        .formatted(
                                totals.seeds(),
                                totals.failures(),
                                totals.decisions(),
                                totals.virtualTime().toMinutes(),
                                seconds,
                                totals.digest()));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("seeds", totals.seeds());
        fields.put("failures", totals.failures());
        fields.put("firstSeed", first);
        fields.put("failedSeeds", totals.failed().stream().map(f -> f.seed()).sorted().toList());
        fields.put("neverStruck", totals.missing().stream().map(Fault::name).toList());
        fields.put("struck", struck);
        fields.put("decisions", totals.decisions());
        fields.put("virtualMinutes", totals.virtualTime().toMinutes());
        fields.put("digest", "%016x".formatted(totals.digest()));
        fields.put("seconds", seconds);
        console.emit("simulation", fields);
    }
}
