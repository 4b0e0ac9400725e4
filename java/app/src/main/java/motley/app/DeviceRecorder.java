package motley.app;

import java.util.LinkedHashMap;
import java.util.Map;
import motley.worker.WorkerEvent;

/// Records what a device does between its kernels: waits, prepares, fetches parameters, computes,
/// delivers. What it was waiting for a task is what lies between two of them.
///
/// Confined to the agent's thread.
final class DeviceRecorder {
    private final ProcessRecorder recorder;
    private boolean hasJoined;
    private long freeSinceNs;
    private long preparingSinceNs;

    DeviceRecorder(ProcessRecorder recorder) {
        this.recorder = recorder;
    }

    void record(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Joined _ -> join();
            case WorkerEvent.Preparing _ -> preparingSinceNs = System.nanoTime();
            case WorkerEvent.Ready(var manifest) -> {
                long nowNs = System.nanoTime();
                recorder.count("waiting for a task", preparingSinceNs - freeSinceNs);
                recorder.count("preparing", nowNs - preparingSinceNs);
                var args = Map.<String, Object>of("run", manifest.run());
                recorder.show("preparing " + manifest.name(), preparingSinceNs, nowNs, args);
                freeSinceNs = nowNs;
            }
            case WorkerEvent.Computed computed -> task(computed);
            // These say nothing of time.
            case WorkerEvent.Searching _,
                    WorkerEvent.Connecting _,
                    WorkerEvent.Away _,
                    WorkerEvent.Waiting _,
                    WorkerEvent.Damaged _,
                    WorkerEvent.Refused _,
                    WorkerEvent.Paused _,
                    WorkerEvent.Resumed _,
                    WorkerEvent.Failed _ -> {}
        }
    }

    /// The time before the first joining belongs to the start of the process.
    private void join() {
        if (hasJoined) return;
        hasJoined = true;
        recorder.begin();
        freeSinceNs = System.nanoTime();
    }

    private void task(WorkerEvent.Computed computed) {
        var times = computed.times();
        var key = computed.task();
        recorder.count("waiting for a task", times.startNs() - freeSinceNs);
        recorder.count("fetching parameters", times.loadedNs() - times.startNs());
        recorder.count("computing", times.computedNs() - times.loadedNs());
        recorder.count("delivering", times.deliveredNs() - times.computedNs());
        var args = new LinkedHashMap<String, Object>();
        args.put("round", key.round());
        args.put("slot", key.slot());
        args.put("kind", computed.work().kind().name());
        args.put("samples", computed.result().samples());
        var name = "round %d, slot %d".formatted(key.round(), key.slot());
        recorder.show(name, times.startNs(), times.deliveredNs(), args);
        recorder.show("fetch parameters", times.startNs(), times.loadedNs(), Map.of());
        recorder.show("compute", times.loadedNs(), times.computedNs(), Map.of());
        recorder.show("deliver", times.computedNs(), times.deliveredNs(), Map.of());
        freeSinceNs = times.deliveredNs();
    }
}
