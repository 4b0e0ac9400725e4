package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import motley.coordinator.http.Reply;
import motley.coordinator.storage.MetricRow;
import motley.rounds.DeviceId;
import motley.rounds.Fact;
import motley.rounds.Reputation;
import motley.rounds.TaskKey;
import motley.rounds.TrustPolicy;

/// The JSON that goes out, field by field: what `openapi.yaml` promises.
///
/// A field without a value is absent. Times are milliseconds since 1970.
final class Json {
    private Json() {}

    static ObjectNode run(RunView run) {
        var request = run.request();
        var object =
                Reply.object()
                        .put("id", run.id())
                        .put("owner", run.owner())
                        .put("model", request.model().name())
                        .put("status", word(run.status()))
                        .put("waiting", run.waiting())
                        .put("createdAtMs", run.createdAtMs());
        object.set("request", RunRequestJson.write(request));
        var progress = run.progress();
        object.putObject("progress")
                .put("epoch", progress.epoch())
                .put("epochs", progress.epochs())
                .put("round", progress.round())
                .put("rounds", progress.rounds())
                .put("isEvaluating", progress.isEvaluating())
                .put("samplesDone", progress.samplesDone())
                .put("samplesInRun", progress.samplesInRun())
                .put("samplesPerSecond", progress.samplesPerSecond())
                .put("devices", progress.devices())
                .put("standby", progress.standby());
        run.lastRound().ifPresent(metric -> object.set("lastRound", metric(metric)));
        run.lastEvaluation().ifPresent(metric -> object.set("lastEvaluation", metric(metric)));
        object.set("traffic", traffic(run.traffic()));
        var classes = object.put("mixed", run.isMixed()).putArray("numericClasses");
        run.numericClasses().forEach(classes::add);
        run.weightsSha256().ifPresent(sha256 -> object.put("weightsSha256", sha256));
        return object;
    }

    /// What those see of a device whose it is not.
    static ObjectNode foreignDevice(DeviceView device) {
        return Reply.object()
                .put("id", device.id())
                .put("name", device.name())
                .put("state", word(device.state()));
    }

    static ObjectNode device(DeviceView device) {
        var profile = device.profile();
        var object =
                foreignDevice(device)
                        .put("owner", device.owner())
                        .put("heardAtMs", device.heardAtMs());
        device.reason().ifPresent(reason -> object.put("reason", reason));
        device.run().ifPresent(run -> object.put("run", run));
        var described =
                object.putObject("profile")
                        .put("operatingSystem", profile.operatingSystem())
                        .put("processor", profile.processor())
                        .put("cores", profile.cores())
                        .put("threads", profile.threads())
                        .put("memoryBytes", profile.memoryBytes())
                        .put("memoryLimitBytes", profile.memoryLimitBytes())
                        .put("numericClass", profile.numericClass())
                        .put("version", profile.version());
        profile.gflops().ifPresent(gflops -> described.put("gflops", gflops));
        var engines = described.putArray("engines");
        profile.engines().forEach(engines::add);
        var data = described.putArray("data");
        for (var own : profile.ownSamples()) {
            data.addObject()
                    .put("name", own.name())
                    .put("samples", own.samples())
                    .put("input", own.input())
                    .put("target", own.target())
                    .put("classes", own.classes());
        }
        var limits = described.putArray("limits");
        profile.limits().forEach(limits::add);
        object.set("health", health(device));
        object.putObject("work")
                .put("tasks", device.work().tasks())
                .put("samples", device.work().samples())
                .put("samplesPerSecond", device.work().samplesPerSecond())
                .put("withheld", device.work().withheld());
        object.set("traffic", traffic(device.work().traffic()));
        object.set("trust", reputation(device.reputation()));
        return object;
    }

    private static ObjectNode traffic(Traffic.View traffic) {
        return Reply.object()
                .put("downBytes", traffic.downBytes())
                .put("upBytes", traffic.upBytes())
                .put("lastUpBytes", traffic.lastUpBytes())
                .put("tasks", traffic.tasks());
    }

    private static ObjectNode reputation(Reputation reputation) {
        var object =
                Reply.object()
                        .put("standing", standing(reputation))
                        .put("confirmed", reputation.confirmed())
                        .put("failures", reputation.failures());
        reputation
                .quarantinedUntil()
                .ifPresent(until -> object.put("quarantinedUntilMs", until.toEpochMilli()));
        return object;
    }

    private static String standing(Reputation reputation) {
        if (reputation.isTrusted()) return "trusted";
        if (reputation.quarantinedUntil().isPresent()) return "quarantined";
        return reputation.isProven(TrustPolicy.OFF) ? "proven" : "new";
    }

    private static ObjectNode health(DeviceView device) {
        var health = device.health();
        var object = Reply.object();
        health.load().ifPresent(load -> object.put("load", load));
        health.memoryFreeBytes().ifPresent(bytes -> object.put("memoryFreeBytes", bytes));
        health.battery().ifPresent(battery -> object.put("battery", battery));
        health.onPower().ifPresent(onPower -> object.put("onPower", onPower));
        health.temperatureCelsius().ifPresent(value -> object.put("temperatureCelsius", value));
        return object;
    }

    static ObjectNode metric(MetricRow metric) {
        var object =
                Reply.object()
                        .put("epoch", metric.epoch())
                        .put("round", metric.round())
                        .put("samples", metric.samples());
        putFinite(object, "loss", metric.loss());
        putFinite(object, "accuracy", metric.accuracy());
        if (metric.kind() == MetricRow.Kind.ROUND) {
            object.put("learningRate", metric.learningRate());
        }
        return object.put("atMs", metric.atMs());
    }

    static ObjectNode event(RunEvent event) {
        return switch (event) {
            case RunEvent.Measured(var run, var metric, double perSecond, int devices, var at) -> {
                boolean isRound = metric.kind() == MetricRow.Kind.ROUND;
                var object = typed(isRound ? "round" : "evaluation");
                object.put("run", run).setAll(metric(metric));
                yield object.put("samplesPerSecond", perSecond)
                        .put("devices", devices)
                        .put("roundOfEpoch", at.roundOfEpoch())
                        .put("roundsOfEpoch", at.roundsOfEpoch())
                        .put("samplesLeft", at.samplesLeft());
            }
            case RunEvent.StatusChanged(var run, var status, var reason) ->
                    typed("status")
                            .put("run", run)
                            .put("status", word(status))
                            .put("reason", reason);
            case RunEvent.StrategyChosen(var run, var strategy) -> {
                var object = typed("strategy").put("run", run);
                StrategyJson.write(strategy, object);
                yield object;
            }
            case RunEvent.DeviceJoined(var run, var device, var name) ->
                    typed("device-joined").put("run", run).put("device", device).put("name", name);
            case RunEvent.DeviceLeft(var run, var device, var name, var reason) ->
                    typed("device-left")
                            .put("run", run)
                            .put("device", device)
                            .put("name", name)
                            .put("reason", reason);
            case RunEvent.Timed(var run, var times) -> times(run, times);
            case RunEvent.Checkpointed(var run, int epoch, int round) ->
                    typed("checkpoint").put("run", run).put("epoch", epoch).put("round", round);
        };
    }

    private static ObjectNode times(String run, RoundTimes times) {
        var object =
                typed("times")
                        .put("run", run)
                        .put("epoch", times.epoch())
                        .put("round", times.round())
                        .put("isEvaluation", times.isEvaluation())
                        .put("startMicros", times.startMicros())
                        .put("micros", times.micros());
        var phases = object.putObject("phases");
        times.phases().forEach(time -> phases.put(word(time.phase()), time.micros()));
        var spans = object.putArray("spans");
        for (var span : times.spans()) {
            spans.addObject()
                    .put("phase", word(span.phase()))
                    .put("offsetMicros", span.offsetMicros())
                    .put("micros", span.micros());
        }
        return object;
    }

    static ObjectNode refused(DeviceId device, TaskKey key, String reason) {
        return task("refused", device, key).put("reason", reason);
    }

    static ObjectNode fact(Fact fact) {
        return switch (fact) {
            case Fact.LeaseExpired(var device, var key, var age) ->
                    task("lease-expired", device, key).put("ageMs", age.toMillis());
            case Fact.LeaseReturned(var device, var key, var reason) ->
                    task("lease-returned", device, key).put("reason", reason);
            case Fact.Duplicated(var device, var key, var holder) ->
                    task("duplicated", device, key).put("holder", holder.value());
            case Fact.Compared(int round, int slot, var first, var second, boolean agrees) ->
                    typed("compared")
                            .put("round", round)
                            .put("slot", slot)
                            .put("first", first.value())
                            .put("second", second.value())
                            .put("agrees", agrees);
            case Fact.NormConfirmed(int round, int slot, double norm, double median) ->
                    typed("norm-confirmed")
                            .put("round", round)
                            .put("slot", slot)
                            .put("normPerSample", norm)
                            .put("median", median);
            case Fact.StrategyInForce(int round, var strategy) -> {
                var object = typed("strategy-in-force").put("round", round);
                StrategyJson.write(strategy, object);
                yield object;
            }
            case Fact.ProvenWrong(int round, int slot, var device, boolean isQuarantined) ->
                    typed("proven-wrong")
                            .put("round", round)
                            .put("slot", slot)
                            .put("device", device.value())
                            .put("isQuarantined", isQuarantined);
            case Fact.OnStandby(var device) -> typed("standby").put("device", device.value());
        };
    }

    /// Lower case with hyphens, as all words of the protocol are.
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ObjectNode task(String type, DeviceId device, TaskKey key) {
        return typed(type)
                .put("device", device.value())
                .put("lease", key.lease().toString())
                .put("round", key.round())
                .put("slot", key.slot());
    }

    private static ObjectNode typed(String type) {
        return Reply.object().put("type", type);
    }

    /// JSON has no infinities and no NaN.
    private static void putFinite(ObjectNode object, String name, double value) {
        if (Double.isFinite(value)) object.put(name, value);
    }
}
