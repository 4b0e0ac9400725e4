package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.encoding.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whole trainings whose bytes travel in other forms than f32.
@Timeout(800)
final class EncodingContract {
    private static final long PATIENCE_S = 360;
    private static final int EPOCHS = 2;

    @TempDir private Path folder;

    @Test
    void weightsDoNotDependOnTheDevices() throws Exception {
        for (var transfer :
                List.of(Transfer.parse("int8", "f32"), Transfer.parse("int4", "bf16"))) {
            try (var coordinator = home(transfer.encodingText()).open()) {
                var one = train(coordinator, transfer, true);
                assertThat(one.status()).isEqualTo(Status.FINISHED);
                var two = train(coordinator, transfer, true, false);
                assertThat(two.weightsSha256()).isEqualTo(one.weightsSha256());
                var four = train(coordinator, transfer, false, true, true, false);
                assertThat(four.weightsSha256()).isEqualTo(one.weightsSha256());
                var exact = train(coordinator, Transfer.PLAIN, true);
                assertThat(exact.weightsSha256()).isNotEqualTo(one.weightsSha256());
            }
        }
    }

    @Test
    void bytesAreCounted() throws Exception {
        try (var coordinator = home("counted").open()) {
            for (var form : List.of("f32", "int8", "int4")) {
                var run = train(coordinator, Transfer.parse(form, "f32"), false);
                int elements = elements(run);
                long each = Encoding.parse(form).sizeBytesMax(elements);
                assertThat(run.traffic().tasks()).isEqualTo(26);
                assertThat(run.traffic().upBytes()).isEqualTo(26 * each);
                // Evaluations need the parameters too.
                assertThat(run.traffic().downBytes()).isGreaterThanOrEqualTo(26L * 4 * elements);
            }
            var files = train(coordinator, Transfer.parse("int8", "f32"), true);
            assertThat(files.traffic()).isEqualTo(new Traffic.View(0, 0, 0, 26));
        }
    }

    /// What is left out waits on the devices, through files and over HTTP.
    @Test
    void whatLeavesMuchOutTrainsToo() throws Exception {
        var shares = Map.of("top-k:0.05", 0.05, "int2", 0.07, "low-rank:2", 0.01);
        for (var form : shares.keySet()) {
            try (var coordinator = home(form.replace(':', '-')).open()) {
                var run = train(coordinator, Transfer.parse(form, "f32"), true, false);
                assertThat(run.status()).isEqualTo(Status.FINISHED);
                assertThat(run.traffic().upBytes()).as(form).isPositive();
                assertThat((double) run.traffic().upBytes() / 26)
                        .as(form)
                        .isLessThan(4 * elements(run) * shares.get(form));
            }
        }
    }

    @Test
    void eachDeviceHasItsOwnEncodingIfSoWanted() throws Exception {
        try (var coordinator = home("auto").open()) {
            var auto = train(coordinator, Transfer.parse("auto", "f32"), true);
            assertThat(auto.weightsSha256())
                    .isEqualTo(train(coordinator, Transfer.PLAIN, true).weightsSha256());
            var far = train(coordinator, Transfer.parse("auto", "f32"), false);
            assertThat(far.weightsSha256())
                    .isEqualTo(
                            train(coordinator, Transfer.parse("int8", "f32"), false)
                                    .weightsSha256());
        }
    }

    /// Once each of the two ways: the answer is refused, the run goes on to the weights it would
    /// have had.
    @Test
    void malformedBytesAreRefusedAndLeaveNoTrace() throws Exception {
        try (var coordinator = home("malformed").open()) {
            var transfer = Transfer.parse("top-k:0.05", "f32");
            for (boolean sharesMemory : new boolean[] {true, false}) {
                var undisturbed = train(coordinator, transfer, sharesMemory);
                TestDevice.Conduct breaking =
                        (device, assign, outcome, tasks) -> {
                            if (tasks != 1) {
                                TestDevice.submitHonestly(device, assign, outcome, tasks);
                                return;
                            }
                            try {
                                device.deliverBytes(assign, hostile());
                            } catch (IOException e) {
                                assertThat(e).hasMessageContaining("(expected: ");
                            }
                            device.send(new FromDevice.Submission(assign.task(), outcome.result()));
                        };
                var settings =
                        TestDevice.Settings.honest("hostile-" + sharesMemory).withConduct(breaking);
                if (sharesMemory) settings = settings.withSharedMemory();
                var run = coordinator.startRun(request(coordinator, transfer));
                try (var device = TestDevice.start(coordinator.uri(), settings, folder)) {
                    var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                    assertThat(view.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
                    assertThat(device.answers())
                            .anyMatch(
                                    answer ->
                                            answer instanceof FromCoordinator.Refused(_, var why)
                                                    && why.contains("other shapes"));
                }
            }
        }
    }

    /// Places far beyond the vector.
    private static MemorySegment hostile() {
        var bytes = new byte[4 + 3 * 40];
        bytes[0] = 40;
        for (int i = 4 + 2 * 40; i < bytes.length; i++) bytes[i] = (byte) 0xff;
        return MemorySegment.ofArray(bytes);
    }

    @Test
    void whatIsNotANumberIsRefusedAsSuch() throws Exception {
        TestDevice.Conduct poisoning =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 1)
                        outcome.gradient().setAtIndex(ValueLayout.JAVA_FLOAT, 99, 0f / 0);
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        try (var coordinator = home("poison").open()) {
            var transfer = Transfer.parse("int8", "f32");
            var run = coordinator.startRun(request(coordinator, transfer));
            var settings = TestDevice.Settings.honest("poisoner").withConduct(poisoning);
            try (var device = TestDevice.start(coordinator.uri(), settings, folder)) {
                run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(device.answers())
                        .anyMatch(
                                answer ->
                                        answer instanceof FromCoordinator.Refused(_, var why)
                                                && why.contains("not finite"));
            }
        }
    }

    private TestHome home(String name) throws IOException {
        return new TestHome(Files.createDirectories(folder.resolve(name)));
    }

    private static RunRequest request(Coordinator coordinator, Transfer transfer)
            throws IOException {
        return TestHome.request(coordinator, EPOCHS).withTransfer(transfer);
    }

    private static int elements(RunView run) {
        return run.request().model().parameters().stream()
                .mapToInt(spec -> spec.shape().count())
                .sum();
    }

    /// @param sharesMemory of each device
    private RunView train(Coordinator coordinator, Transfer transfer, boolean... sharesMemory)
            throws Exception {
        var run = coordinator.startRun(request(coordinator, transfer));
        var devices = new ArrayList<TestDevice>();
        try {
            for (int i = 0; i < sharesMemory.length; i++) {
                var settings = TestDevice.Settings.honest("d" + i);
                if (sharesMemory[i]) settings = settings.withSharedMemory();
                devices.add(TestDevice.start(coordinator.uri(), settings, folder));
            }
            return run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
        } finally {
            devices.forEach(TestDevice::close);
        }
    }
}
