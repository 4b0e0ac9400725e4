package motley.coordinator;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import motley.coordinator.RunRequest.Held;
import motley.nn.Model;
import motley.rounds.Event;
import motley.rounds.Schedule;
import motley.rounds.robust.Aggregation;
import motley.wire.DeviceProfile.OwnSamples;
import motley.wire.Hindrance;

/// What is special about runs whose training samples stay on devices.
final class OnDevices {
    private OnDevices() {}

    /// `request` with what the devices of `present` hold of the samples that it names.
    ///
    /// @throws IllegalArgumentException if none of them has any that fit
    static RunRequest settled(RunRequest request, List<DeviceView> present) {
        if (!(request.dataset() instanceof RunRequest.OnDevices own)) return request;
        int devices = 0;
        int samples = 0;
        var offered = new TreeSet<String>();
        for (var device : present) {
            if (device.state() == DeviceView.State.SILENT) continue;
            for (var data : device.profile().ownSamples()) {
                offered.add(data.name());
                if (!data.name().equals(own.name()) || mismatch(data, request.model()).isPresent())
                    continue;
                devices++;
                samples = Math.addExact(samples, data.samples());
            }
        }
        require(
                devices > 0,
                "dataset.onDevices.name: %s: no device that is here offers samples of this name"
                        + " that fit the model (expected: one of %s, or a device that joins with"
                        + " --data %s=DIR)",
                own.name(),
                offered,
                own.name());
        var held = new Held(devices, samples);
        return request.with(new RunRequest.OnDevices(own.name(), held, own.rules(), own.test()));
    }

    /// @throws IllegalArgumentException naming the setting that does not fit
    static void requireFit(RunRequest request) {
        if (!(request.dataset() instanceof RunRequest.OnDevices)) return;
        var local = request.strategy().local();
        require(
                local.isUsed() && local.warmUpRounds() == 0,
                "strategy: %s (expected: local, without warm-up, where data stay on devices)",
                request.strategy().name());
        int tasks = request.training().tasks();
        require(
                tasks == 1,
                "tasks: %d (expected: 1 where data stay on devices: each device's are a task)",
                tasks);
        var precautions = request.crew().precautions();
        require(
                !precautions.audits(),
                "trust: audit (expected: off where data stay on devices: nobody else can compute"
                        + " what one has learnt of them)");
        require(
                precautions.aggregation() instanceof Aggregation.Mean,
                "aggregation: %s (expected: mean where data stay on devices)",
                precautions.aggregation().text());
    }

    /// One round an epoch, with a task of a device's usual size for each.
    static Schedule schedule(RunRequest request, RunRequest.OnDevices own) {
        var training = request.training();
        int devices = Math.max(1, own.held().devices());
        int batch = training.batchSize();
        long room = (long) devices * request.strategy().local().steps() * batch;
        long samples = Math.max(own.held().samples(), (long) devices * batch);
        return new Schedule(
                (int) Math.min(Math.min(samples, room), Integer.MAX_VALUE),
                own.testSamples(),
                devices * batch,
                devices,
                training.epochs(),
                training.evaluateEveryEpoch());
    }

    /// What the training loop is told of the samples of a device; nothing where they do not matter.
    static List<Event> offer(Device device, RunRequest request) {
        if (!(request.dataset() instanceof RunRequest.OnDevices own)) return List.of();
        var data = device.ownSamples(own.name());
        if (data.isEmpty()) return List.of();
        long most = (long) request.strategy().local().steps() * request.training().batchSize();
        int samples = (int) Math.min(data.get().samples(), most);
        return List.of(new Event.SamplesOffered(device.number(), samples));
    }

    /// What keeps `device` from taking part in `run`; empty if nothing does.
    static Optional<Hindrance> unfitness(String run, RunRequest request, Device device) {
        if (!(request.dataset() instanceof RunRequest.OnDevices own)) return Optional.empty();
        var data = device.ownSamples(own.name());
        if (data.isEmpty()) {
            return Optional.of(
                    new Hindrance(
                            "run %s trains on samples called %s, which this device does not offer"
                                    .formatted(run, own.name()),
                            "offer them with `join --data %s=DIR`".formatted(own.name())));
        }
        return mismatch(data.get(), request.model())
                .map(
                        why ->
                                new Hindrance(
                                        "run %s: %s: %s".formatted(run, own.name(), why),
                                        "offer others, or train a model that takes these"));
    }

    private static Optional<String> mismatch(OwnSamples data, Model model) {
        var input = model.input().toString();
        var target = model.target().toString();
        if (!data.input().equals(input) || !data.target().equals(target)) {
            return Optional.of(
                    "%s with targets %s (expected: %s with %s, what %s takes)"
                            .formatted(data.input(), data.target(), input, target, model.name()));
        }
        if (data.classes() <= model.classes()) return Optional.empty();
        return Optional.of(
                "%d classes (expected: at most %d, what %s tells apart)"
                        .formatted(data.classes(), model.classes(), model.name()));
    }
}
