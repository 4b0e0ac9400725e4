package motley.wire;

import java.util.Optional;
import motley.wire.v1.Accepted;
import motley.wire.v1.Assign;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.Dataset;
import motley.wire.v1.Goodbye;
import motley.wire.v1.HeldBack;
import motley.wire.v1.Idle;
import motley.wire.v1.LocalSteps;
import motley.wire.v1.Prepare;
import motley.wire.v1.Pulse;
import motley.wire.v1.Refused;
import motley.wire.v1.Replica;
import motley.wire.v1.Revoked;
import motley.wire.v1.SharedMemoryOffer;
import motley.wire.v1.Welcome;

/// What coordinators say.
final class CoordinatorCodec implements Codec<FromCoordinator, CoordinatorMessage> {
    private static final int TEXT_MAX = 2_000;
    private static final int NAME_MAX = 100;

    @Override
    public CoordinatorMessage encode(FromCoordinator message) {
        var envelope = CoordinatorMessage.newBuilder();
        switch (message) {
            case FromCoordinator.Welcome welcome -> envelope.setWelcome(encode(welcome));
            case FromCoordinator.Pulse pulse -> envelope.setPulse(encode(pulse));
            case FromCoordinator.Prepare prepare -> envelope.setPrepare(encode(prepare.manifest()));
            case FromCoordinator.Assign assign -> envelope.setAssign(encode(assign));
            case FromCoordinator.Accepted accepted ->
                    envelope.setAccepted(Accepted.newBuilder().setLease(accepted.lease()));
            case FromCoordinator.Refused refused ->
                    envelope.setRefused(
                            Refused.newBuilder()
                                    .setLease(refused.lease())
                                    .setReason(refused.reason()));
            case FromCoordinator.Revoked revoked ->
                    envelope.setRevoked(Revoked.newBuilder().setLease(revoked.lease()));
            case FromCoordinator.Idle idle ->
                    envelope.setIdle(Idle.newBuilder().setReason(idle.reason()));
            case FromCoordinator.Goodbye goodbye ->
                    envelope.setGoodbye(
                            Goodbye.newBuilder()
                                    .setReason(goodbye.reason())
                                    .setMayReturn(goodbye.mayReturn()));
        }
        return envelope.build();
    }

    @Override
    public FromCoordinator decode(CoordinatorMessage envelope) {
        return switch (envelope.getMessageCase()) {
            case WELCOME -> decode(envelope.getWelcome());
            case PULSE -> decode(envelope.getPulse());
            case PREPARE -> new FromCoordinator.Prepare(decode(envelope.getPrepare()));
            case ASSIGN -> decode(envelope.getAssign());
            case ACCEPTED ->
                    new FromCoordinator.Accepted(
                            Check.count("lease", envelope.getAccepted().getLease()));
            case REFUSED ->
                    new FromCoordinator.Refused(
                            Check.count("lease", envelope.getRefused().getLease()),
                            Check.text("reason", envelope.getRefused().getReason(), TEXT_MAX));
            case REVOKED ->
                    new FromCoordinator.Revoked(
                            Check.count("lease", envelope.getRevoked().getLease()));
            case IDLE ->
                    new FromCoordinator.Idle(
                            Check.text("reason", envelope.getIdle().getReason(), TEXT_MAX));
            case GOODBYE ->
                    new FromCoordinator.Goodbye(
                            Check.text("reason", envelope.getGoodbye().getReason(), TEXT_MAX),
                            envelope.getGoodbye().getMayReturn());
            case MESSAGE_NOT_SET ->
                    throw Check.malformed("message", "none", "one that a coordinator sends");
        };
    }

    private static Welcome encode(FromCoordinator.Welcome welcome) {
        var encoded =
                Welcome.newBuilder()
                        .setDeviceId(welcome.deviceId())
                        .setSessionToken(welcome.sessionToken())
                        .setHeartbeatMillis(welcome.timing().heartbeatMillis())
                        .setSilenceMillis(welcome.timing().silenceMillis());
        welcome.sharedDirectory()
                .ifPresent(
                        directory ->
                                encoded.setSharedMemory(
                                        SharedMemoryOffer.newBuilder().setDirectory(directory)));
        welcome.numericClass().ifPresent(encoded::setNumericClass);
        return encoded.build();
    }

    private static Pulse encode(FromCoordinator.Pulse pulse) {
        if (pulse.timing().isEmpty()) return Pulse.getDefaultInstance();
        var timing = pulse.timing().get();
        return Pulse.newBuilder()
                .setHeartbeatMillis(timing.heartbeatMillis())
                .setSilenceMillis(timing.silenceMillis())
                .build();
    }

    private static FromCoordinator.Pulse decode(Pulse pulse) {
        boolean isNews = pulse.getHeartbeatMillis() != 0 || pulse.getSilenceMillis() != 0;
        if (!isNews) return new FromCoordinator.Pulse();
        return new FromCoordinator.Pulse(
                Optional.of(timing(pulse.getHeartbeatMillis(), pulse.getSilenceMillis())));
    }

    private static FromCoordinator.Timing timing(int heartbeatMillis, int silenceMillis) {
        Check.positive("heartbeat_millis", heartbeatMillis);
        Check.positive("silence_millis", silenceMillis);
        if (silenceMillis <= heartbeatMillis) {
            throw Check.malformed(
                    "silence_millis",
                    silenceMillis,
                    "more than heartbeat_millis, " + heartbeatMillis);
        }
        return new FromCoordinator.Timing(heartbeatMillis, silenceMillis);
    }

    private static FromCoordinator.Welcome decode(Welcome welcome) {
        var timing = timing(welcome.getHeartbeatMillis(), welcome.getSilenceMillis());
        return new FromCoordinator.Welcome(
                Check.identifier("device_id", welcome.getDeviceId()),
                Check.text("session_token", welcome.getSessionToken(), TEXT_MAX),
                timing,
                welcome.hasSharedMemory()
                        ? Optional.of(
                                Check.text(
                                        "directory",
                                        welcome.getSharedMemory().getDirectory(),
                                        TEXT_MAX))
                        : Optional.empty(),
                Optional.of(Check.text("numeric_class", welcome.getNumericClass(), TEXT_MAX))
                        .filter(text -> !text.isEmpty()));
    }

    private static Prepare encode(RunManifest manifest) {
        var prepare = Prepare.newBuilder();
        manifest.localProgram().ifPresent(prepare::setLocalProgram);
        return prepare.setRun(manifest.run())
                .setName(manifest.name())
                .setGradientProgram(manifest.gradientProgram())
                .setEvaluateProgram(manifest.evaluateProgram())
                .setDataset(encode(manifest.dataset()))
                .setMicroBatch(manifest.microBatch())
                .setSeed(manifest.seed())
                .setParameterElements(manifest.parameterElements())
                .build();
    }

    /// A seed may be any 64 bits.
    private static RunManifest decode(Prepare prepare) {
        return new RunManifest(
                Check.identifier("run", prepare.getRun()),
                Check.text("name", prepare.getName(), TEXT_MAX),
                Check.sha256("gradient_program", prepare.getGradientProgram()),
                Check.sha256("evaluate_program", prepare.getEvaluateProgram()),
                decode(prepare.getDataset()),
                Check.positive("micro_batch", prepare.getMicroBatch()),
                prepare.getSeed(),
                Check.positive("parameter_elements", prepare.getParameterElements()),
                blob("local_program", prepare.getLocalProgram()));
    }

    private static Dataset.Builder encode(RunManifest.DatasetBlobs dataset) {
        var encoded = Dataset.newBuilder();
        switch (dataset) {
            case RunManifest.Images images ->
                    encoded.setTrainImages(images.trainImages())
                            .setTrainLabels(images.trainLabels())
                            .setTestImages(images.testImages())
                            .setTestLabels(images.testLabels())
                            .setClasses(images.classes());
            case RunManifest.Arrays(var file) -> encoded.setArrays(file);
            case RunManifest.Text(var file) -> encoded.setText(file);
            case RunManifest.Shards(var index) -> encoded.setShards(index);
            case RunManifest.Own(var name, var test) -> {
                return encode(test).setOwn(name);
            }
            case RunManifest.HeldBack(var of, int samples, long seed) ->
                    encoded.setHeldBack(
                            HeldBack.newBuilder()
                                    .setOf(encode(of))
                                    .setSamples(samples)
                                    .setSeed(seed));
        }
        return encoded;
    }

    private static RunManifest.DatasetBlobs decode(Dataset dataset) {
        if (dataset.hasHeldBack()) return decode(dataset.getHeldBack());
        var blobs = blobs(dataset);
        if (dataset.getOwn().isEmpty()) return blobs;
        return new RunManifest.Own(Check.text("own", dataset.getOwn(), NAME_MAX), blobs);
    }

    /// Of samples that are on devices none are held back, nor of those that are left of others.
    private static RunManifest.HeldBack decode(HeldBack held) {
        var of = held.getOf();
        if (of.hasHeldBack() || !of.getOwn().isEmpty()) {
            throw Check.malformed("held_back", "of such or of own samples", "of blobs");
        }
        int samples = Check.positive("held_back", held.getSamples());
        return new RunManifest.HeldBack(blobs(of), samples, held.getSeed());
    }

    private static RunManifest.DatasetBlobs blobs(Dataset dataset) {
        if (!dataset.getArrays().isEmpty()) {
            return new RunManifest.Arrays(Check.sha256("arrays", dataset.getArrays()));
        }
        if (!dataset.getShards().isEmpty()) {
            return new RunManifest.Shards(Check.sha256("shards", dataset.getShards()));
        }
        if (!dataset.getText().isEmpty()) {
            return new RunManifest.Text(Check.sha256("text", dataset.getText()));
        }
        return new RunManifest.Images(
                Check.sha256("train_images", dataset.getTrainImages()),
                Check.sha256("train_labels", dataset.getTrainLabels()),
                Check.sha256("test_images", dataset.getTestImages()),
                Check.sha256("test_labels", dataset.getTestLabels()),
                Check.positive("classes", dataset.getClasses()));
    }

    private static Assign encode(FromCoordinator.Assign assign) {
        var task = assign.task();
        var work = assign.work();
        var encoded =
                Assign.newBuilder()
                        .setRun(task.run())
                        .setLease(task.lease())
                        .setFence(task.fence())
                        .setRound(task.round())
                        .setSlot(task.slot())
                        .setKind(encode(work.kind()))
                        .setEpoch(work.epoch())
                        .setFirst(work.first())
                        .setCount(work.count())
                        .setParameterVersion(task.parameterVersion())
                        .setTtlMillis(assign.ttlMillis())
                        .setEncoding(assign.form().encoding())
                        .setParameterForm(assign.form().parameters());
        work.local().ifPresent(local -> encoded.setLocalSteps(encode(local)));
        assign.form().parametersSha256().ifPresent(encoded::setParametersSha256);
        assign.files()
                .ifPresent(
                        files ->
                                encoded.setParametersFile(files.parameters())
                                        .setContributionFile(files.contribution()));
        return encoded.build();
    }

    private static FromCoordinator.Assign decode(Assign assign) {
        var task =
                new TaskKey(
                        Check.identifier("run", assign.getRun()),
                        Check.count("lease", assign.getLease()),
                        Check.count("fence", assign.getFence()),
                        Check.count("round", assign.getRound()),
                        Check.count("slot", assign.getSlot()),
                        Check.count("parameter_version", assign.getParameterVersion()));
        var work =
                new FromCoordinator.Work(
                        decode(assign.getKind()),
                        Check.count("epoch", assign.getEpoch()),
                        Check.count("first", assign.getFirst()),
                        Check.positive("count", assign.getCount()),
                        assign.hasLocalSteps()
                                ? Optional.of(decode(assign.getLocalSteps()))
                                : Optional.empty());
        return new FromCoordinator.Assign(
                task,
                work,
                Check.positive("ttl_millis", assign.getTtlMillis()),
                files(assign),
                form(assign));
    }

    /// Names only: what a device does not know costs it the task, not the session.
    private static FromCoordinator.Form form(Assign assign) {
        var encoding = Check.text("encoding", assign.getEncoding(), NAME_MAX);
        var parameters = Check.text("parameter_form", assign.getParameterForm(), NAME_MAX);
        return new FromCoordinator.Form(
                encoding.isEmpty() ? FromCoordinator.Form.PLAIN.encoding() : encoding,
                parameters.isEmpty() ? FromCoordinator.Form.PLAIN.parameters() : parameters,
                blob("parameters_sha256", assign.getParametersSha256()));
    }

    private static LocalSteps encode(FromCoordinator.LocalSteps local) {
        var encoded = LocalSteps.newBuilder();
        local.state().ifPresent(encoded::setState);
        local.replica()
                .ifPresent(
                        replica ->
                                encoded.getReplicaBuilder()
                                        .setNumber(replica.number())
                                        .addAllEnds(replica.ends()));
        return encoded.setStateSteps(local.stateSteps())
                .setFirstStep(local.firstStep())
                .setPasses(local.passes())
                .addAllLearningRates(local.learningRates())
                .build();
    }

    private static FromCoordinator.LocalSteps decode(LocalSteps local) {
        var rates = local.getLearningRatesList();
        int steps = rates.size();
        if (steps < 1 || steps > FromCoordinator.LocalSteps.STEPS_MAX) {
            var expected = "1 to " + FromCoordinator.LocalSteps.STEPS_MAX;
            throw Check.malformed("learning_rates", steps + " of them", expected);
        }
        for (float rate : rates) Check.finite("learning_rates", rate);
        return new FromCoordinator.LocalSteps(
                blob("state", local.getState()),
                Check.count("state_steps", local.getStateSteps()),
                Check.count("first_step", local.getFirstStep()),
                Check.positive("passes", local.getPasses()),
                rates,
                local.hasReplica() ? Optional.of(decode(local.getReplica())) : Optional.empty());
    }

    private static FromCoordinator.Replica decode(Replica replica) {
        var ends = replica.getEndsList();
        if (ends.isEmpty() || ends.size() > FromCoordinator.Replica.PARTS_MAX) {
            var expected = "1 to " + FromCoordinator.Replica.PARTS_MAX;
            throw Check.malformed("ends", ends.size() + " of them", expected);
        }
        int before = 0;
        for (int end : ends) {
            if (end <= before) throw Check.malformed("ends", end, "above " + before);
            before = end;
        }
        return new FromCoordinator.Replica(Check.count("number", replica.getNumber()), ends);
    }

    /// The name of a blob, where there is one.
    private static Optional<String> blob(String field, String sha256) {
        return sha256.isEmpty() ? Optional.empty() : Optional.of(Check.sha256(field, sha256));
    }

    private static Optional<FromCoordinator.Files> files(Assign assign) {
        if (assign.getParametersFile().isEmpty() && assign.getContributionFile().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new FromCoordinator.Files(
                        Check.fileName("parameters_file", assign.getParametersFile()),
                        Check.fileName("contribution_file", assign.getContributionFile())));
    }

    private static Assign.Kind encode(FromCoordinator.Kind kind) {
        return switch (kind) {
            case TRAIN -> Assign.Kind.KIND_TRAIN;
            case EVALUATE -> Assign.Kind.KIND_EVALUATE;
        };
    }

    private static FromCoordinator.Kind decode(Assign.Kind kind) {
        return switch (kind) {
            case KIND_TRAIN -> FromCoordinator.Kind.TRAIN;
            case KIND_EVALUATE -> FromCoordinator.Kind.EVALUATE;
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw Check.malformed("kind", kind, "KIND_TRAIN or KIND_EVALUATE");
        };
    }
}
