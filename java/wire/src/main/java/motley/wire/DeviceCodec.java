package motley.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.Heartbeat;
import motley.wire.v1.Hello;
import motley.wire.v1.LeaseReturn;
import motley.wire.v1.Leaving;
import motley.wire.v1.OwnSamples;
import motley.wire.v1.Profile;
import motley.wire.v1.SharedMemoryProof;
import motley.wire.v1.Submission;
import motley.wire.v1.ThinDevice;
import motley.wire.v1.WorkRequest;

/// What devices say.
final class DeviceCodec implements Codec<FromDevice, DeviceMessage> {
    private static final int TEXT_MAX = 1_000;
    private static final int NAMES_MAX = 32;

    @Override
    public DeviceMessage encode(FromDevice message) {
        var envelope = DeviceMessage.newBuilder();
        switch (message) {
            case FromDevice.Hello hello -> envelope.setHello(encode(hello));
            case FromDevice.Heartbeat beat -> envelope.setHeartbeat(encode(beat));
            case FromDevice.SharedMemoryProof proof ->
                    envelope.setSharedMemoryProof(
                            SharedMemoryProof.newBuilder().setNonce(proof.nonce()));
            case FromDevice.WorkRequest ignored ->
                    envelope.setWorkRequest(WorkRequest.getDefaultInstance());
            case FromDevice.Submission submission -> envelope.setSubmission(encode(submission));
            case FromDevice.LeaseReturn back ->
                    envelope.setLeaseReturn(
                            LeaseReturn.newBuilder()
                                    .setRun(back.run())
                                    .setLease(back.lease())
                                    .setReason(back.reason()));
            case FromDevice.Leaving leaving ->
                    envelope.setLeaving(Leaving.newBuilder().setReason(leaving.reason()));
        }
        return envelope.build();
    }

    @Override
    public FromDevice decode(DeviceMessage envelope) {
        return switch (envelope.getMessageCase()) {
            case HELLO -> decode(envelope.getHello());
            case HEARTBEAT -> decode(envelope.getHeartbeat());
            case SHARED_MEMORY_PROOF ->
                    new FromDevice.SharedMemoryProof(
                            Check.text(
                                    "nonce", envelope.getSharedMemoryProof().getNonce(), TEXT_MAX));
            case WORK_REQUEST -> new FromDevice.WorkRequest();
            case SUBMISSION -> decode(envelope.getSubmission());
            case LEASE_RETURN -> decode(envelope.getLeaseReturn());
            case LEAVING ->
                    new FromDevice.Leaving(
                            Check.text("reason", envelope.getLeaving().getReason(), TEXT_MAX));
            case MESSAGE_NOT_SET ->
                    throw Check.malformed("message", "none", "one that a device sends");
        };
    }

    private static Hello encode(FromDevice.Hello hello) {
        return Hello.newBuilder()
                .setProtocolVersion(hello.protocolVersion())
                .setToken(hello.token())
                .setDeviceId(hello.deviceId())
                .setName(hello.name())
                .setProfile(encode(hello.profile()))
                .build();
    }

    private static FromDevice.Hello decode(Hello hello) {
        return new FromDevice.Hello(
                Check.count("protocol_version", hello.getProtocolVersion()),
                Check.text("token", hello.getToken(), TEXT_MAX),
                Check.identifier("device_id", hello.getDeviceId()),
                Check.text("name", hello.getName(), TEXT_MAX),
                decode(hello.getProfile()));
    }

    private static Profile encode(DeviceProfile profile) {
        var encoded =
                Profile.newBuilder()
                        .setOperatingSystem(profile.operatingSystem())
                        .setProcessor(profile.processor())
                        .setCores(profile.cores())
                        .setThreads(profile.threads())
                        .setMemoryBytes(profile.memoryBytes())
                        .setMemoryLimitBytes(profile.memoryLimitBytes())
                        .addAllEngines(profile.engines())
                        .setNumericClass(profile.numericClass())
                        .setVersion(profile.version());
        profile.gflops().ifPresent(encoded::setGflops);
        profile.thin()
                .ifPresent(
                        thin ->
                                encoded.setThin(
                                        ThinDevice.newBuilder()
                                                .addAllEncodings(thin.encodings())
                                                .addAllParameterForms(thin.parameterForms())));
        profile.ownSamples().forEach(own -> encoded.addOwnSamples(encode(own)));
        encoded.addAllLimits(profile.limits());
        return encoded.build();
    }

    private static DeviceProfile decode(Profile profile) {
        return new DeviceProfile(
                Check.text("operating_system", profile.getOperatingSystem(), TEXT_MAX),
                Check.text("processor", profile.getProcessor(), TEXT_MAX),
                Check.count("cores", profile.getCores()),
                Check.count("threads", profile.getThreads()),
                Check.count("memory_bytes", profile.getMemoryBytes()),
                Check.count("memory_limit_bytes", profile.getMemoryLimitBytes()),
                profile.hasGflops()
                        ? OptionalDouble.of(Check.finite("gflops", profile.getGflops()))
                        : OptionalDouble.empty(),
                names("engines", profile.getEnginesList()),
                Check.text("numeric_class", profile.getNumericClass(), TEXT_MAX),
                Check.text("version", profile.getVersion(), TEXT_MAX),
                profile.hasThin() ? Optional.of(decode(profile.getThin())) : Optional.empty(),
                ownSamples(profile),
                names("limits", profile.getLimitsList()));
    }

    private static OwnSamples encode(DeviceProfile.OwnSamples own) {
        return OwnSamples.newBuilder()
                .setName(own.name())
                .setSamples(own.samples())
                .setInput(own.input())
                .setTarget(own.target())
                .setClasses(own.classes())
                .build();
    }

    private static List<DeviceProfile.OwnSamples> ownSamples(Profile profile) {
        int count = profile.getOwnSamplesCount();
        if (count > DeviceProfile.OwnSamples.OFFERED_MAX) {
            var expected = "at most " + DeviceProfile.OwnSamples.OFFERED_MAX;
            throw Check.malformed("own_samples", count, expected);
        }
        return profile.getOwnSamplesList().stream().map(DeviceCodec::decode).toList();
    }

    private static DeviceProfile.OwnSamples decode(OwnSamples own) {
        return new DeviceProfile.OwnSamples(
                Check.text("own_samples.name", own.getName(), TEXT_MAX),
                Check.positive("own_samples.samples", own.getSamples()),
                Check.text("own_samples.input", own.getInput(), TEXT_MAX),
                Check.text("own_samples.target", own.getTarget(), TEXT_MAX),
                Check.count("own_samples.classes", own.getClasses()));
    }

    private static DeviceProfile.Thin decode(ThinDevice thin) {
        return new DeviceProfile.Thin(
                names("encodings", thin.getEncodingsList()),
                names("parameter_forms", thin.getParameterFormsList()));
    }

    private static List<String> names(String field, List<String> names) {
        if (names.size() > NAMES_MAX) {
            throw Check.malformed(field, names.size(), "at most " + NAMES_MAX);
        }
        names.forEach(name -> Check.text(field, name, TEXT_MAX));
        return names;
    }

    private static Heartbeat encode(FromDevice.Heartbeat beat) {
        var health = beat.health();
        var encoded = Heartbeat.newBuilder().setLease(beat.lease());
        health.load().ifPresent(encoded::setLoad);
        health.memoryFreeBytes().ifPresent(encoded::setMemoryFreeBytes);
        health.battery().ifPresent(encoded::setBattery);
        health.onPower().ifPresent(encoded::setOnPower);
        health.temperatureCelsius().ifPresent(encoded::setTemperatureCelsius);
        health.pausedBecause().ifPresent(encoded::setPausedBecause);
        return encoded.build();
    }

    private static FromDevice.Heartbeat decode(Heartbeat beat) {
        var paused = Check.text("paused_because", beat.getPausedBecause(), TEXT_MAX);
        var health =
                new DeviceHealth(
                        beat.hasLoad()
                                ? OptionalDouble.of(Check.share("load", beat.getLoad()))
                                : OptionalDouble.empty(),
                        beat.hasMemoryFreeBytes()
                                ? OptionalLong.of(
                                        Check.count("memory_free_bytes", beat.getMemoryFreeBytes()))
                                : OptionalLong.empty(),
                        beat.hasBattery()
                                ? OptionalDouble.of(Check.share("battery", beat.getBattery()))
                                : OptionalDouble.empty(),
                        beat.hasOnPower() ? Optional.of(beat.getOnPower()) : Optional.empty(),
                        beat.hasTemperatureCelsius()
                                ? OptionalDouble.of(
                                        Check.finite(
                                                "temperature_celsius",
                                                beat.getTemperatureCelsius()))
                                : OptionalDouble.empty(),
                        paused.isEmpty() ? Optional.empty() : Optional.of(paused));
        return new FromDevice.Heartbeat(health, Check.count("lease", beat.getLease()));
    }

    private static Submission encode(FromDevice.Submission submission) {
        var task = submission.task();
        var result = submission.result();
        return Submission.newBuilder()
                .setRun(task.run())
                .setLease(task.lease())
                .setFence(task.fence())
                .setRound(task.round())
                .setSlot(task.slot())
                .setParameterVersion(task.parameterVersion())
                .setSamples(result.samples())
                .setLossSum(result.lossSum())
                .setCorrect(result.correct())
                .setComputeMicros(result.computeMicros())
                .build();
    }

    /// The loss may be anything: a model that diverges must be able to say so. Whoever counts it
    /// decides.
    private static FromDevice.Submission decode(Submission submission) {
        var task =
                new TaskKey(
                        Check.identifier("run", submission.getRun()),
                        Check.count("lease", submission.getLease()),
                        Check.count("fence", submission.getFence()),
                        Check.count("round", submission.getRound()),
                        Check.count("slot", submission.getSlot()),
                        Check.count("parameter_version", submission.getParameterVersion()));
        var result =
                new FromDevice.Result(
                        Check.count("samples", submission.getSamples()),
                        submission.getLossSum(),
                        Check.finite("correct", submission.getCorrect()),
                        Check.count("compute_micros", submission.getComputeMicros()));
        return new FromDevice.Submission(task, result);
    }

    private static FromDevice.LeaseReturn decode(LeaseReturn back) {
        return new FromDevice.LeaseReturn(
                Check.identifier("run", back.getRun()),
                Check.count("lease", back.getLease()),
                Check.text("reason", back.getReason(), TEXT_MAX));
    }
}
