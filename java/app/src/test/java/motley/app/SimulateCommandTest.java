package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class SimulateCommandTest {
    @Test
    void seedsAreSimulatedAndCounted() {
        var lines = Output.of("simulate", "--faults", "--seeds", "5", "--format", "json").lines();
        assertThat(lines.toList().getLast())
                .startsWith("{\"type\":\"simulation\",\"seeds\":5,\"failures\":0,")
                .contains("\"struck\":{\"LOST\":");
    }

    @Test
    void sameSeedsGiveTheSameDigestOnAnyNumberOfThreads() {
        var one = digest(Output.of(faults("1")));
        assertThat(digest(Output.of(faults("3")))).isEqualTo(one).hasSize(16);
    }

    @Test
    void slowDeviceIsToldFromOneThatHelps() {
        var table = Output.of("simulate", "--device", "4x1.0,1x1.0", "--tasks", "32");
        assertThat(table.lines().toList().getFirst()).startsWith("fleet");
        assertThat(table.lines().toList().getLast()).contains("helps: ");
    }

    @Test
    void describedFleetsAreRefusedWithAReason() {
        assertThat(refusal("simulate", "--device", "4"))
                .isEqualTo("motley: --device: 4 (expected: COUNTxSPEED, as 4x1.0, both above 0)");
        assertThat(refusal("simulate"))
                .isEqualTo("motley: --device: [] (expected: COUNTxSPEED, as 4x1.0, or --faults)");
        assertThat(refusal("simulate", "--faults", "--seeds", "0"))
                .isEqualTo("motley: --seeds: 0 (expected: at least 1)");
        assertThat(refusal("simulate", "--device", "1x1", "--link", "10"))
                .isEqualTo("motley: --link: 10.0 (expected: only with MODEL)");
    }

    private static String[] faults(String threads) {
        return new String[] {
            "simulate", "--faults", "--seeds", "4", "--threads", threads, "--format", "json"
        };
    }

    private static String digest(String output) {
        var key = "\"digest\":\"";
        int at = output.indexOf(key) + key.length();
        return output.substring(at, output.indexOf('"', at));
    }

    private static String refusal(String... args) {
        var err = new StringWriter();
        int code = Main.commandLine(args).setErr(new PrintWriter(err, true)).execute(args);
        assertThat(code).isEqualTo(1);
        return err.toString().strip();
    }
}
