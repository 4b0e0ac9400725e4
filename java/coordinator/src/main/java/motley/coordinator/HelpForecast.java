package motley.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import motley.rounds.Kind;
import motley.rounds.Policy;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;

/// Whether a device helps a run: how fast the run's fleet is with it and without it.
///
/// Times of samples are those that devices took for this run; of the others they follow from the
/// speed that each measured when it joined, at the share of it that those at work reach with this
/// model.
final class HelpForecast {
    /// Of the measured speed, where nobody works yet: layers are not the square product that
    /// devices measure.
    private static final double REACHED_USUALLY = 0.25;

    /// What is told beside each other; more devices are left out at both times.
    private static final int DEVICES_MAX = 200;

    private static final int ROUNDS_MAX = 100;
    private static final int TASKS_MAX = 4_000;
    private static final int PRICES_MAX = 64;
    private static final double NOTICEABLE = 0.005;

    private final BiFunction<List<Duration>, RunSettings, Duration> times;
    private final Map<String, Long> prices = new LinkedHashMap<>();

    /// @param times mean time of a round by devices that take so long for a sample each; the
    ///     simulator tells it, which lies above the coordinator
    HelpForecast(BiFunction<List<Duration>, RunSettings, Duration> times) {
        this.times = times;
    }

    /// As if work could be divided without remainder and nothing cost extra.
    static Duration ideal(List<Duration> sampleTimes, RunSettings settings) {
        var schedule = settings.schedule();
        double perNano = sampleTimes.stream().mapToDouble(time -> 1.0 / time.toNanos()).sum();
        double samples = (double) schedule.trainSamples() / schedule.roundsInRun();
        return Duration.ofNanos(Math.max(1, (long) (samples / perNano)));
    }

    enum Verdict {
        HELPS,
        HINDERS,
        NEUTRAL,
        /// There is nobody else.
        ALONE,
        /// It has not measured its speed.
        UNKNOWN
    }

    /// @param with samples a second of the fleet with the device; empty: unknown
    /// @param without the same without it; empty: unknown, or there is nobody else
    /// @param isMeasured whether devices at work on the run say how fast its samples are
    record Help(Verdict verdict, OptionalDouble with, OptionalDouble without, boolean isMeasured) {}

    /// One at a time: a simulation keeps a core busy.
    ///
    /// @param fleet all devices that are connected
    synchronized Help of(RunHandle run, DeviceView device, List<DeviceView> fleet) {
        var plan = run.plan();
        double flops = trainingFlops(run.id(), plan);
        var atWork =
                fleet.stream()
                        .filter(each -> each.run().filter(run.id()::equals).isPresent())
                        .limit(DEVICES_MAX)
                        .toList();
        var reached = reached(atWork, flops);
        var own = sampleTime(run.id(), device, flops, reached.orElse(REACHED_USUALLY));
        if (own.isEmpty()) {
            var none = OptionalDouble.empty();
            return new Help(Verdict.UNKNOWN, none, none, reached.isPresent());
        }
        var others = new ArrayList<Duration>();
        for (var each : atWork) {
            if (each.id().equals(device.id())) continue;
            sampleTime(run.id(), each, flops, reached.orElse(REACHED_USUALLY))
                    .ifPresent(others::add);
        }
        var all = new ArrayList<>(others);
        all.add(own.get());
        var settings = brief(plan.settings());
        var with = samplesPerSecond(all, settings);
        if (others.isEmpty()) {
            return new Help(
                    Verdict.ALONE,
                    OptionalDouble.of(with),
                    OptionalDouble.empty(),
                    reached.isPresent());
        }
        double without = samplesPerSecond(others, settings);
        return new Help(
                verdict(with / without - 1),
                OptionalDouble.of(with),
                OptionalDouble.of(without),
                reached.isPresent());
    }

    private static Verdict verdict(double gain) {
        if (gain > NOTICEABLE) return Verdict.HELPS;
        return gain < -NOTICEABLE ? Verdict.HINDERS : Verdict.NEUTRAL;
    }

    private double samplesPerSecond(List<Duration> sampleTimes, RunSettings settings) {
        var round = times.apply(sampleTimes, settings);
        var schedule = settings.schedule();
        double samples = (double) schedule.trainSamples() / schedule.roundsInRun();
        return samples / (round.toNanos() / 1e9);
    }

    /// The median of what devices at work reach of the speed that they measured.
    private static OptionalDouble reached(List<DeviceView> atWork, double flops) {
        var shares =
                atWork.stream()
                        .filter(each -> each.work().samplesPerSecond() > 0)
                        .filter(each -> each.profile().gflops().orElse(0) > 0)
                        .mapToDouble(
                                each ->
                                        each.work().samplesPerSecond()
                                                * flops
                                                / (each.profile().gflops().orElse(1) * 1e9))
                        .sorted()
                        .toArray();
        return shares.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(shares[shares.length / 2]);
    }

    private static Optional<Duration> sampleTime(
            String run, DeviceView device, double flops, double reached) {
        boolean isAtWork = device.run().filter(run::equals).isPresent();
        double measured = isAtWork ? device.work().samplesPerSecond() : 0;
        double gflops = device.profile().gflops().orElse(0);
        double perSecond = measured > 0 ? measured : gflops * 1e9 * reached / flops;
        if (perSecond <= 0) return Optional.empty();
        return Optional.of(Duration.ofNanos(Math.max(1, (long) (1e9 / perSecond))));
    }

    /// A few rounds of a run, whoever may contribute to it and however many it waits for.
    private static RunSettings brief(RunSettings settings) {
        var schedule = settings.schedule();
        int tasks = Math.max(1, settings.contributionsMax());
        int rounds = Math.clamp(TASKS_MAX / tasks, 1, ROUNDS_MAX);
        long samples = (long) rounds * schedule.batchSize();
        var few =
                new Schedule(
                        (int) Math.min(samples, Integer.MAX_VALUE),
                        0,
                        schedule.batchSize(),
                        schedule.tasks(),
                        1,
                        false);
        return new RunSettings(settings.seed(), few, Policy.DEFAULT, settings.strategy());
    }

    /// Programs are made to count their operations, which takes a moment.
    private long trainingFlops(String run, RunPlan plan) {
        var known = prices.get(run);
        if (known != null) return known;
        long flops = Math.max(1, RunPrice.of(plan).flops(Kind.TRAIN, 1));
        prices.put(run, flops);
        if (prices.size() > PRICES_MAX) prices.remove(prices.keySet().iterator().next());
        return flops;
    }
}
