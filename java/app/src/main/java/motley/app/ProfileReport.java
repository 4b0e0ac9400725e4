package motley.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.app.ProcessProfile.Activity;
import motley.app.ProcessProfile.ProgramProfile;
import motley.cpu.Profile.KernelTime;

/// Profiles as tables for people and as objects for programs.
///
/// @param processes this one first
record ProfileReport(List<ProcessProfile> processes) {
    private static final int ROWS_MAX = 15;
    private static final String UNLABELLED = "(no layer)";

    ProfileReport {
        processes = List.copyOf(processes);
    }

    void print(Console console) {
        activities(console);
        programs(console);
        var layers = new LinkedHashMap<String, Work>();
        var kernels = new LinkedHashMap<String, Work>();
        for (var process : processes) {
            for (var program : process.programs()) {
                for (var kernel : program.kernels()) {
                    if (kernel.runs() == 0) continue;
                    var label = kernel.label().isEmpty() ? UNLABELLED : kernel.label();
                    var work = Work.of(kernel, process.peakGflopsPerSecond());
                    layers.merge(label, work, Work::plus);
                    kernels.merge(kernel.name() + "  # " + label, work, Work::plus);
                }
            }
        }
        works(console, "layer", layers);
        works(console, "kernel", kernels);
        explained(console, layers);
    }

    /// What every process spent its time on; what it does not say is other.
    private void activities(Console console) {
        var rows = new ArrayList<List<String>>();
        for (var process : processes) {
            long restNs = process.wallNs();
            for (var activity : spentOn(process)) {
                restNs -= activity.ns();
                rows.add(activity(console, process, activity));
            }
            rows.add(activity(console, process, new Activity("other", 1, Math.max(0, restNs))));
        }
        table(console, List.of("s", "time", "times", "ms each", "activity"), rows);
    }

    /// A process that only computes says nothing else, so its programs are what it does.
    private static List<Activity> spentOn(ProcessProfile process) {
        if (!process.activities().isEmpty()) return process.activities();
        var spent = new ArrayList<Activity>();
        long copyNs = 0;
        long runs = 0;
        for (var program : process.programs()) {
            if (program.runs() == 0) continue;
            spent.add(new Activity("running " + program.name(), program.runs(), program.ns()));
            copyNs += program.copyNs();
            runs += program.runs();
        }
        if (runs > 0) spent.add(new Activity("copying in and out of programs", runs, copyNs));
        return spent;
    }

    private static List<String> activity(
            Console console, ProcessProfile process, Activity activity) {
        double share = share((double) activity.ns(), (double) process.wallNs());
        double msEach = activity.ns() / 1e6 / Math.max(1, activity.count());
        var fields = new LinkedHashMap<String, Object>();
        fields.put("process", process.name());
        fields.put("activity", activity.name());
        fields.put("count", activity.count());
        fields.put("ms", activity.ns() / 1e6);
        fields.put("share", share);
        console.emit("profile-activity", fields);
        return List.of(
                "%.2f".formatted(activity.ns() / 1e9),
                percent(share),
                "%,d".formatted(activity.count()),
                "%.3f".formatted(msEach),
                process.name() + ": " + activity.name());
    }

    private void programs(Console console) {
        var rows = new ArrayList<List<String>>();
        for (var process : processes) {
            for (var program : process.programs()) {
                if (program.runs() > 0) rows.add(program(console, process, program));
            }
        }
        var header = List.of("s", "runs", "ms each", "in kernels", "copied, s", "program");
        table(console, header, rows);
    }

    private static List<String> program(
            Console console, ProcessProfile process, ProgramProfile program) {
        double msEach = program.ns() / 1e6 / program.runs();
        double inKernels = share((double) program.kernelNs(), (double) program.ns());
        var fields = new LinkedHashMap<String, Object>();
        fields.put("process", process.name());
        fields.put("name", program.name());
        fields.put("program", program.program());
        fields.put("runs", program.runs());
        fields.put("ms", program.ns() / 1e6);
        fields.put("kernelMs", program.kernelNs() / 1e6);
        fields.put("copyMs", program.copyNs() / 1e6);
        console.emit("profile-program", fields);
        return List.of(
                "%.2f".formatted(program.ns() / 1e9),
                "%,d".formatted(program.runs()),
                "%.3f".formatted(msEach),
                percent(inKernels),
                "%.2f".formatted(program.copyNs() / 1e9),
                process.name() + ": " + program.name());
    }

    /// Work of kernels.
    ///
    /// @param flopsMax what the machine could have done in that time
    private record Work(double ns, double flops, double bytes, double flopsMax) {
        static final Work NONE = new Work(0, 0, 0, 0);

        static Work of(KernelTime kernel, double peakGflopsPerSecond) {
            return new Work(
                    (double) kernel.ns(),
                    (double) kernel.flops() * kernel.runs(),
                    (double) kernel.bytes() * kernel.runs(),
                    kernel.ns() * peakGflopsPerSecond);
        }

        Work plus(Work other) {
            return new Work(
                    ns + other.ns,
                    flops + other.flops,
                    bytes + other.bytes,
                    flopsMax + other.flopsMax);
        }
    }

    private static void works(Console console, String what, Map<String, Work> works) {
        double totalNs = works.values().stream().mapToDouble(Work::ns).sum();
        var sorted = new ArrayList<>(works.entrySet());
        sorted.sort(Comparator.comparingDouble(entry -> -entry.getValue().ns()));
        var rows = new ArrayList<List<String>>();
        var rest = Work.NONE;
        for (var entry : sorted) {
            emit(console, what, entry.getKey(), entry.getValue());
            if (rows.size() == ROWS_MAX) rest = rest.plus(entry.getValue());
            else rows.add(cells(entry.getKey(), entry.getValue(), totalNs));
        }
        int others = works.size() - rows.size();
        if (others > 0) rows.add(cells("%d more".formatted(others), rest, totalNs));
        table(console, List.of("ms", "time", "GFLOP", "GFLOP/s", "of peak", "GB/s", what), rows);
    }

    private static List<String> cells(String name, Work work, double totalNs) {
        return List.of(
                "%.2f".formatted(work.ns / 1e6),
                percent(share(work.ns, totalNs)),
                "%.3f".formatted(work.flops / 1e9),
                "%.1f".formatted(perNs(work.flops, work.ns)),
                "%.0f %%".formatted(100 * perNs(work.flops, work.flopsMax)),
                "%.1f".formatted(perNs(work.bytes, work.ns)),
                name);
    }

    private static void emit(Console console, String what, String name, Work work) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put(what, name);
        fields.put("ms", work.ns / 1e6);
        fields.put("gflop", work.flops / 1e9);
        fields.put("gflopsPerSecond", perNs(work.flops, work.ns));
        fields.put("ofPeak", perNs(work.flops, work.flopsMax));
        fields.put("gbPerSecond", perNs(work.bytes, work.ns));
        console.emit("profile-" + what, fields);
    }

    private void explained(Console console, Map<String, Work> layers) {
        double kernelNs = layers.values().stream().mapToDouble(Work::ns).sum();
        double programNs = 0;
        for (var process : processes) {
            programNs += process.programs().stream().mapToDouble(ProgramProfile::ns).sum();
        }
        console.say(
                "kernels take %.2f s of the %.2f s in which programs ran (%s)"
                        .formatted(
                                kernelNs / 1e9,
                                programNs / 1e9,
                                percent(share(kernelNs, programNs))));
    }

    private static void table(Console console, List<String> header, List<List<String>> rows) {
        if (rows.isEmpty()) return;
        console.table(header, rows);
        console.say("");
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    private static double perNs(double amount, double ns) {
        return ns == 0 ? 0 : amount / ns;
    }

    private static String percent(double share) {
        return "%.1f %%".formatted(100 * share);
    }
}
