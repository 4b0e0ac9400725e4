package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import motley.wire.v1.Accepted;
import motley.wire.v1.Assign;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.Heartbeat;
import motley.wire.v1.Hello;
import motley.wire.v1.Prepare;
import motley.wire.v1.Submission;
import motley.wire.v1.Welcome;
import org.junit.jupiter.api.Test;

/// What one side encodes the other decodes as the same; what nobody encodes is refused.
final class CodecProperties {
    private static final int SEEDS = 500;

    private final DeviceCodec device = new DeviceCodec();
    private final CoordinatorCodec coordinator = new CoordinatorCodec();

    @Test
    void everyDeviceMessageSurvives() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (var message : new Messages(seed).fromDevice()) {
                var bytes = device.encode(message).toByteArray();
                assertThat(bytes).hasSizeLessThanOrEqualTo(Protocol.MESSAGE_BYTES_MAX);
                assertThat(device.decode(DeviceMessage.parseFrom(bytes)))
                        .as("reproduce with: CodecProperties %d", seed)
                        .isEqualTo(message);
            }
        }
    }

    @Test
    void everyCoordinatorMessageSurvives() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (var message : new Messages(seed).fromCoordinator()) {
                var bytes = coordinator.encode(message).toByteArray();
                assertThat(bytes).hasSizeLessThanOrEqualTo(Protocol.MESSAGE_BYTES_MAX);
                assertThat(coordinator.decode(CoordinatorMessage.parseFrom(bytes)))
                        .as("reproduce with: CodecProperties %d", seed)
                        .isEqualTo(message);
            }
        }
    }

    @Test
    void emptyEnvelopeIsRefused() {
        refused(
                () -> device.decode(DeviceMessage.getDefaultInstance()),
                "message: none (expected: one that a device sends)");
        refused(
                () -> coordinator.decode(CoordinatorMessage.getDefaultInstance()),
                "message: none (expected: one that a coordinator sends)");
    }

    @Test
    void deviceFieldsOutOfBoundsAreRefused() {
        refused(
                () -> decode(Hello.newBuilder().setDeviceId("../../etc")),
                "device_id: \"../../etc\" (expected: 1 to 64 letters, digits, - or _)");
        refused(
                () -> decode(Hello.newBuilder().setDeviceId("a").setName("n".repeat(1_001))),
                "name: 1001 characters (expected: at most 1000)");
        refused(
                () -> decode(Submission.newBuilder().setRun("r").setSamples(-1)),
                "samples: 4294967295 (expected: under 2^31)");
        refused(
                () -> decode(Submission.newBuilder().setRun("r").setLease(-1)),
                "lease: 18446744073709551615 (expected: under 2^63)");
        refused(
                () -> decode(Heartbeat.newBuilder().setBattery(1.5)),
                "battery: 1.5 (expected: 0 to 1)");
        refused(
                () -> decode(Heartbeat.newBuilder().setLoad(Double.NaN)),
                "load: NaN (expected: 0 to 1)");
    }

    @Test
    void coordinatorFieldsOutOfBoundsAreRefused() {
        var assign = Assign.newBuilder().setRun("r").setCount(1).setTtlMillis(1);
        refused(
                () -> decode(assign.clone()),
                "kind: KIND_UNSPECIFIED (expected: KIND_TRAIN or KIND_EVALUATE)");
        refused(
                () -> decode(assign.clone().setKindValue(7)),
                "kind: UNRECOGNIZED (expected: KIND_TRAIN or KIND_EVALUATE)");
        refused(
                () ->
                        decode(
                                assign.clone()
                                        .setKind(Assign.Kind.KIND_TRAIN)
                                        .setParametersFile("p")
                                        .setContributionFile("../c")),
                "contribution_file: \"../c\" (expected: a plain file name)");
        refused(
                () -> decode(Prepare.newBuilder().setRun("r").setGradientProgram("AB")),
                "gradient_program: \"AB\" (expected: 64 lower-case hexadecimal digits)");
        refused(
                () ->
                        decode(
                                Welcome.newBuilder()
                                        .setDeviceId("d")
                                        .setHeartbeatMillis(500)
                                        .setSilenceMillis(500)),
                "silence_millis: 500 (expected: more than heartbeat_millis, 500)");
        refused(
                () ->
                        coordinator.decode(
                                CoordinatorMessage.newBuilder()
                                        .setAccepted(Accepted.newBuilder().setLease(-5))
                                        .build()),
                "lease: 18446744073709551611 (expected: under 2^63)");
    }

    private FromDevice decode(Hello.Builder hello) {
        return device.decode(DeviceMessage.newBuilder().setHello(hello).build());
    }

    private FromDevice decode(Submission.Builder submission) {
        return device.decode(DeviceMessage.newBuilder().setSubmission(submission).build());
    }

    private FromDevice decode(Heartbeat.Builder beat) {
        return device.decode(DeviceMessage.newBuilder().setHeartbeat(beat).build());
    }

    private FromCoordinator decode(Assign.Builder assign) {
        return coordinator.decode(CoordinatorMessage.newBuilder().setAssign(assign).build());
    }

    private FromCoordinator decode(Prepare.Builder prepare) {
        return coordinator.decode(CoordinatorMessage.newBuilder().setPrepare(prepare).build());
    }

    private FromCoordinator decode(Welcome.Builder welcome) {
        return coordinator.decode(CoordinatorMessage.newBuilder().setWelcome(welcome).build());
    }

    private static void refused(Supplier<?> decoding, String message) {
        assertThatThrownBy(decoding::get)
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(message);
    }

    /// Random messages, every kind of them.
    private record Messages(SplittableRandom random) {
        Messages(long seed) {
            this(new SplittableRandom(seed));
        }

        List<FromDevice> fromDevice() {
            return List.of(
                    new FromDevice.Hello(count(), text(), identifier(), text(), profile()),
                    new FromDevice.Heartbeat(health(), random.nextLong(Long.MAX_VALUE)),
                    new FromDevice.SharedMemoryProof(text()),
                    new FromDevice.WorkRequest(),
                    new FromDevice.Submission(task(), result()),
                    new FromDevice.LeaseReturn(identifier(), lease(), text()),
                    new FromDevice.Leaving(text()));
        }

        List<FromCoordinator> fromCoordinator() {
            return List.of(
                    new FromCoordinator.Welcome(
                            identifier(),
                            text(),
                            timing(),
                            maybe(this::text),
                            maybe(this::identifier)),
                    new FromCoordinator.Pulse(),
                    new FromCoordinator.Pulse(Optional.of(timing())),
                    new FromCoordinator.Prepare(manifest()),
                    new FromCoordinator.Assign(
                            task(),
                            work(),
                            positive(),
                            maybe(this::files),
                            new FromCoordinator.Form("int" + positive(), "bf16", maybe(this::sha))),
                    new FromCoordinator.Accepted(lease()),
                    new FromCoordinator.Refused(lease(), text()),
                    new FromCoordinator.Revoked(lease()),
                    new FromCoordinator.Idle(text()),
                    new FromCoordinator.Goodbye(text(), random.nextBoolean()));
        }

        private DeviceProfile profile() {
            var own =
                    new DeviceProfile.OwnSamples(identifier(), positive(), text(), text(), count());
            return new DeviceProfile(
                            text(),
                            text(),
                            count(),
                            count(),
                            lease(),
                            lease(),
                            measured(1e6),
                            List.of(text(), text()),
                            text(),
                            text())
                    .withOwnSamples(random.nextBoolean() ? List.of() : List.of(own, own))
                    .withLimits(random.nextBoolean() ? List.of() : List.of(text(), text()));
        }

        private DeviceHealth health() {
            return new DeviceHealth(
                    measured(1),
                    random.nextBoolean() ? OptionalLong.of(lease()) : OptionalLong.empty(),
                    measured(1),
                    maybe(random::nextBoolean),
                    measured(100),
                    maybe(() -> "because " + text()));
        }

        private TaskKey task() {
            return new TaskKey(identifier(), lease(), lease(), count(), count(), lease());
        }

        private FromDevice.Result result() {
            double loss = random.nextInt(9) == 0 ? Double.NaN : random.nextDouble() * 1e9;
            return new FromDevice.Result(count(), loss, count(), lease());
        }

        private FromCoordinator.Timing timing() {
            int heartbeat = random.nextInt(1, 10_000);
            return new FromCoordinator.Timing(heartbeat, heartbeat + random.nextInt(1, 10_000));
        }

        private FromCoordinator.Work work() {
            var kinds = FromCoordinator.Kind.values();
            var kind = kinds[random.nextInt(kinds.length)];
            return new FromCoordinator.Work(
                    kind, count(), count(), positive(), maybe(this::localSteps));
        }

        private FromCoordinator.LocalSteps localSteps() {
            var rates = new ArrayList<Float>();
            int steps = random.nextInt(1, FromCoordinator.LocalSteps.STEPS_MAX + 1);
            for (int i = 0; i < steps; i++) rates.add(random.nextFloat());
            return new FromCoordinator.LocalSteps(
                    maybe(this::sha), count(), count(), positive(), rates, maybe(this::replica));
        }

        private FromCoordinator.Replica replica() {
            var ends = new ArrayList<Integer>();
            int parts = random.nextInt(1, FromCoordinator.Replica.PARTS_MAX + 1);
            for (int i = 0, end = 0; i < parts; i++) {
                end += random.nextInt(1, 1 << 20);
                ends.add(end);
            }
            return new FromCoordinator.Replica(count(), ends);
        }

        private FromCoordinator.Files files() {
            return new FromCoordinator.Files(identifier() + ".1", identifier());
        }

        private RunManifest manifest() {
            return new RunManifest(
                    identifier(),
                    text(),
                    sha(),
                    sha(),
                    dataset(),
                    positive(),
                    random.nextLong(),
                    positive(),
                    maybe(this::sha));
        }

        private RunManifest.DatasetBlobs dataset() {
            return switch (random.nextInt(6)) {
                case 3 -> new RunManifest.Own(identifier(), new RunManifest.Text(sha()));
                case 4 ->
                        new RunManifest.HeldBack(
                                new RunManifest.Shards(sha()), positive(), random.nextLong());
                case 0 -> new RunManifest.Arrays(sha());
                case 2 -> new RunManifest.Shards(sha());
                case 1 -> new RunManifest.Text(sha());
                default -> new RunManifest.Images(sha(), sha(), sha(), sha(), positive());
            };
        }

        private int count() {
            return random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31);
        }

        private int positive() {
            return 1 + count() / 2;
        }

        private long lease() {
            return random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
        }

        private OptionalDouble measured(double bound) {
            return random.nextBoolean()
                    ? OptionalDouble.of(random.nextDouble(bound))
                    : OptionalDouble.empty();
        }

        private <T> Optional<T> maybe(Supplier<T> value) {
            return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
        }

        private String text() {
            return random.ints(random.nextInt(40), 0x20, 0x2fff)
                    .collect(
                            StringBuilder::new,
                            StringBuilder::appendCodePoint,
                            StringBuilder::append)
                    .toString();
        }

        private String identifier() {
            return "d" + Long.toString(random.nextLong(Long.MAX_VALUE), 36) + "-_";
        }

        private String sha() {
            return "%016x".formatted(random.nextLong()).repeat(4);
        }
    }
}
