package motley.app;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.app.ProcessProfile.Activity;
import motley.app.ProcessProfile.ProgramProfile;
import motley.app.TracePart.Span;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.cpu.FmaPeak;
import motley.cpu.Profile;
import motley.cpu.Profiler;

/// Records what this process does: the kernels of its engine, and activities it is told of. Sums
/// are complete; of single events the latest are kept, so a training of weeks takes no more memory
/// than one of minutes.
///
/// Any thread may call.
final class ProcessRecorder {
    /// Most spans of activities that are kept.
    static final int SPANS_MAX = 1 << 15;

    private final String name;
    private final Profiler profiler = new Profiler(System::nanoTime);
    private final WallClock clock = WallClock.now();
    private final Map<String, Sum> activities = new LinkedHashMap<>();
    private final Deque<Span> spans = new ArrayDeque<>();
    private long spansLost;
    private long beganNs = System.nanoTime();
    private long passedNs = beganNs;
    private int threads;
    private double peakGflopsPerSecond;

    private static final class Sum {
        private long count;
        private long ns;
    }

    /// @param name of the process, for people
    ProcessRecorder(String name) {
        this.name = name;
    }

    /// Opens an engine that is measured, and measures the machine's peak.
    synchronized CpuEngine open(CpuSettings settings) {
        threads = settings.threads();
        peakGflopsPerSecond = FmaPeak.measure(System::nanoTime) * threads;
        return CpuEngine.open(settings, profiler);
    }

    /// Forgets what was until now.
    synchronized void begin() {
        profiler.reset();
        activities.clear();
        spans.clear();
        spansLost = 0;
        beganNs = System.nanoTime();
        passedNs = beganNs;
    }

    /// Adds an activity to the sums.
    synchronized void count(String activity, long ns) {
        var sum = activities.computeIfAbsent(activity, _ -> new Sum());
        sum.count++;
        sum.ns += ns;
    }

    /// Adds a span to the trace.
    ///
    /// @param startNs by [System#nanoTime], as `endNs`
    void show(String activity, long startNs, long endNs, Map<String, Object> args) {
        show(new Span(activity, "activity", clock.at(startNs), endNs - startNs, args));
    }

    /// Adds a span since the last such span, or since the beginning.
    synchronized void passed(String activity) {
        long nowNs = System.nanoTime();
        show(activity, passedNs, nowNs, Map.of());
        passedNs = nowNs;
    }

    synchronized void show(Span span) {
        if (spans.size() == SPANS_MAX) {
            spans.removeFirst();
            spansLost++;
        }
        spans.addLast(span);
    }

    /// What there is so far.
    ///
    /// @param track what the activities' line is called
    /// @param kernelTrack what the kernels' line is called; the same: they lie in activities
    synchronized TracePart.Recorded part(String track, String kernelTrack, ProgramNames names) {
        var seen = profiler.profile();
        var profile = names.apply(profile(seen));
        var all = new ArrayList<>(spans);
        var ofKernels = kernelSpans(seen, profile);
        if (track.equals(kernelTrack)) {
            all.addAll(ofKernels);
            return new TracePart.Recorded(profile, List.of(new TracePart.Track(track, all)));
        }
        return new TracePart.Recorded(
                profile,
                List.of(
                        new TracePart.Track(track, all),
                        new TracePart.Track(kernelTrack, ofKernels)));
    }

    private ProcessProfile profile(Profile seen) {
        var sums = new ArrayList<Activity>();
        activities.forEach((what, sum) -> sums.add(new Activity(what, sum.count, sum.ns)));
        return new ProcessProfile(
                name,
                threads,
                peakGflopsPerSecond,
                clock.at(beganNs),
                System.nanoTime() - beganNs,
                sums,
                seen.programs().stream().map(ProgramProfile::of).toList(),
                seen.spansLost() + spansLost);
    }

    private List<Span> kernelSpans(Profile seen, ProcessProfile profile) {
        var args = new HashMap<Long, Map<String, Object>>(); // One object for all runs of a kernel.
        var shown = new ArrayList<Span>();
        for (var span : seen.spans()) {
            var program = profile.programs().get(span.program());
            long key = ((long) span.program() << 32) + span.kernel();
            shown.add(
                    new Span(
                            program.eventName(span.kernel()),
                            span.kernel() < 0 ? TraceFile.RUN : TraceFile.KERNEL,
                            clock.at(span.startNs()),
                            span.ns(),
                            args.computeIfAbsent(key, _ -> args(program, span))));
        }
        return shown;
    }

    private static Map<String, Object> args(ProgramProfile program, Profile.Span span) {
        var args = new LinkedHashMap<String, Object>();
        args.put("program", span.program());
        if (span.kernel() < 0) return args;
        var kernel = program.kernels().get(span.kernel());
        args.put("index", span.kernel());
        args.put("kernel", kernel.name());
        args.put("flops", kernel.flops());
        args.put("bytes", kernel.bytes());
        return args;
    }
}
