package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import motley.wire.encoding.Encoder;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterFrame;
import org.junit.jupiter.api.Test;

/// What browsers and the JVM must agree on to the last bit: the file `browser.golden` has bytes of
/// messages, encodings and frames. `web/test/device.test.ts` reads the same file.
final class BrowserGolden {
    private static final HexFormat HEX = HexFormat.of();
    private static final int ELEMENTS = 5_000;

    @Test
    void bytesAreThoseOfTheFile() throws IOException {
        try (var in = BrowserGolden.class.getResourceAsStream("browser.golden")) {
            assertThat(in).isNotNull();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(String.join("\n", lines()) + "\n").isEqualTo(text);
        }
    }

    /// A name and bytes each.
    static List<String> lines() {
        var lines = new ArrayList<String>();
        fromDevice().forEach(m -> lines.add(line(name(m), new DeviceCodec().encode(m))));
        fromCoordinator().forEach(m -> lines.add(line(name(m), new CoordinatorCodec().encode(m))));
        for (var text : List.of("bf16", "int8")) {
            var bytes = Encoder.of(Encoding.parse(text), ELEMENTS).encode(vector(0));
            lines.add(line(text, bytes.toArray(ValueLayout.JAVA_BYTE)));
        }
        var older = words(vector(0));
        lines.add(line("whole", ParameterFrame.whole(7, older)));
        lines.add(line("difference", ParameterFrame.difference(8, words(vector(1)), 7, older)));
        return lines;
    }

    private static String name(Object message) {
        return message.getClass().getSimpleName();
    }

    private static String line(String name, MessageLite message) {
        return line(name, message.toByteArray());
    }

    private static String line(String name, byte[] bytes) {
        return name + " " + HEX.formatHex(bytes);
    }

    private static List<FromDevice> fromDevice() {
        var profile =
                new DeviceProfile(
                                "Android",
                                "qualcomm adreno-7xx",
                                8,
                                1,
                                8L << 30,
                                1L << 29,
                                OptionalDouble.empty(),
                                List.of("webgpu"),
                                "webgpu-qualcomm-adreno-7xx",
                                "web-1",
                                Optional.of(
                                        new DeviceProfile.Thin(
                                                List.of("f32", "bf16", "int8"),
                                                List.of("f32", "bf16"))))
                        .withLimits(List.of("on battery down to 40 %"));
        var unknown = DeviceHealth.unknown();
        var health =
                new DeviceHealth(
                        OptionalDouble.empty(),
                        OptionalLong.empty(),
                        OptionalDouble.of(0.25),
                        Optional.of(false),
                        OptionalDouble.empty(),
                        Optional.of("battery at 12 %"));
        var task = new TaskKey("rabc", 1L << 40, 3, 17, 5, 16);
        return List.of(
                new FromDevice.Hello(1, "tökén", "web-0123", "Anna's phone", profile),
                new FromDevice.Heartbeat(health, 1L << 40),
                new FromDevice.Heartbeat(unknown, 0),
                new FromDevice.WorkRequest(),
                new FromDevice.Submission(task, new FromDevice.Result(16, 2.5, 11.75, 123_456)),
                new FromDevice.LeaseReturn("rabc", 300, "the GPU was lost"),
                new FromDevice.Leaving("the page is in the background"));
    }

    private static List<FromCoordinator> fromCoordinator() {
        var hash = "0123456789abcdef".repeat(4);
        var manifest =
                new RunManifest(
                        "rabc",
                        "mnist-mlp",
                        hash,
                        hash.replace('0', 'f'),
                        new RunManifest.Images(hash, hash, hash, hash, 10),
                        16,
                        -7,
                        101_770);
        var task = new TaskKey("rabc", 1L << 40, 3, 17, 5, 16);
        var work = new FromCoordinator.Work(FromCoordinator.Kind.TRAIN, 2, 80, 16);
        return List.of(
                new FromCoordinator.Welcome(
                        "web-0123",
                        "secret",
                        new FromCoordinator.Timing(500, 2500),
                        Optional.of("/dev/shm/motley"),
                        Optional.of("webgpu-2-qualcomm-adreno-7xx")),
                new FromCoordinator.Pulse(),
                new FromCoordinator.Pulse(Optional.of(new FromCoordinator.Timing(10_000, 50_000))),
                new FromCoordinator.Prepare(manifest),
                new FromCoordinator.Assign(
                        task,
                        work,
                        4_000,
                        Optional.empty(),
                        new FromCoordinator.Form("int8", "bf16", Optional.of(hash))),
                new FromCoordinator.Accepted(300),
                new FromCoordinator.Refused(300, "the round is over"),
                new FromCoordinator.Revoked(300),
                new FromCoordinator.Idle("no run is active"),
                new FromCoordinator.Goodbye("the coordinator stops", true));
    }

    /// Of many magnitudes and both signs, with a block of zeros and ties for every rounding.
    private static MemorySegment vector(int version) {
        var vector = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            int whole = i / 256 == 3 ? 0 : i * 7919 % 1000 - 500 + version * (i % 5);
            vector[i] = whole * (float) Math.pow(2, -(i % 13));
        }
        return MemorySegment.ofArray(vector);
    }

    private static MemorySegment words(MemorySegment vector) {
        var words = MemorySegment.ofArray(new byte[2 * ELEMENTS]);
        ParameterFrame.round(vector, words);
        return words;
    }
}
