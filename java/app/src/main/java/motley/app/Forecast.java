package motley.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import motley.rounds.Policy;
import motley.rounds.Schedule;
import motley.simulation.FleetModel;

/// Whether devices help: the figures of a fleet, with all of them and without one of each kind.
final class Forecast {
    private static final long SEED = 1;
    private static final double NOTICEABLE = 0.005;

    /// @param sampleTime of a device of speed 1
    /// @param overhead per task
    /// @param lost probability that an answer never comes
    record Setting(
            Schedule schedule,
            Policy policy,
            Duration sampleTime,
            Duration overhead,
            double lost) {}

    private final List<DeviceGroup> groups;
    private final Setting setting;
    private final Console console;
    private final List<List<String>> rows = new ArrayList<>();

    Forecast(List<DeviceGroup> groups, Setting setting, Console console) {
        this.groups = groups;
        this.setting = setting;
        this.console = console;
    }

    void show() {
        var all = figures(speeds(-1));
        add("all devices", all, "");
        for (int i = 0; i < groups.size(); i++) {
            var rest = speeds(i);
            if (rest.isEmpty()) continue;
            var without = figures(rest);
            add("without " + groups.get(i).one(), without, verdict(all, without));
        }
        console.table(
                List.of("fleet", "round", "samples/s", "of ideal", "repeated", "that device"),
                rows);
    }

    private List<Double> speeds(int without) {
        var speeds = new ArrayList<Double>();
        for (int i = 0; i < groups.size(); i++) {
            int count = groups.get(i).count() - (i == without ? 1 : 0);
            for (int n = 0; n < count; n++) speeds.add(groups.get(i).speed());
        }
        return speeds;
    }

    private FleetModel.Figures figures(List<Double> speeds) {
        var times =
                speeds.stream()
                        .map(s -> Duration.ofNanos((long) (setting.sampleTime().toNanos() / s)))
                        .toList();
        var fleet = new FleetModel.Fleet(times, setting.overhead(), setting.lost());
        return FleetModel.of(fleet, setting.schedule(), setting.policy(), SEED);
    }

    private static String verdict(FleetModel.Figures all, FleetModel.Figures without) {
        double gain = gain(all, without);
        if (gain > NOTICEABLE) return "helps: %.1f %% faster".formatted(100 * gain);
        if (gain < -NOTICEABLE) return "hinders: %.1f %% slower".formatted(-100 * gain);
        return "makes no difference";
    }

    private static double gain(FleetModel.Figures all, FleetModel.Figures without) {
        return (double) without.roundTime().toNanos() / all.roundTime().toNanos() - 1;
    }

    private void add(String fleet, FleetModel.Figures figures, String verdict) {
        double roundMs = figures.roundTime().toNanos() / 1e6;
        double perSecond = setting.schedule().batchSize() / roundMs * 1e3;
        rows.add(
                List.of(
                        fleet,
                        "%.1f ms".formatted(roundMs),
                        "%.0f".formatted(perSecond),
                        "%.0f %%".formatted(100 * figures.ofIdeal()),
                        "%.1f %%".formatted(100 * figures.duplicates()),
                        verdict));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("fleet", fleet);
        fields.put("roundMs", roundMs);
        fields.put("samplesPerSecond", perSecond);
        fields.put("ofIdeal", figures.ofIdeal());
        fields.put("speedupAgainstWaitingForAll", figures.speedup());
        fields.put("duplicates", figures.duplicates());
        fields.put("verdict", verdict);
        console.emit("forecast", fields);
    }
}
