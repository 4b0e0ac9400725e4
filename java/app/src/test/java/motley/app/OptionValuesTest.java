package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What people type, read and written.
final class OptionValuesTest {
    @Test
    void memoryHasUnits() {
        var size = new MemorySize();
        assertThat(size.convert("4g")).isEqualTo(4L << 30);
        assertThat(size.convert("512M")).isEqualTo(512L << 20);
        assertThat(size.convert("64kb")).isEqualTo(64L << 10);
        assertThat(size.convert("1000")).isEqualTo(1000);
        assertThatThrownBy(() -> size.convert("lots"))
                .hasMessage("lots (expected: a size as 4g or 512m)");
    }

    @Test
    void addressesAreCompleted() {
        assertThat(Addresses.normalized(URI.create("192.0.2.1")))
                .isEqualTo(URI.create("http://192.0.2.1:8080"));
        assertThat(Addresses.normalized(URI.create("http://host:81/path?x=1")))
                .isEqualTo(URI.create("http://host:81"));
        assertThat(Addresses.normalized(URI.create("https://host")))
                .isEqualTo(URI.create("https://host:443"));
        assertThatThrownBy(() -> Addresses.normalized(URI.create("ftp://host")))
                .hasMessageStartingWith("url: ftp://host (expected: ");
    }

    @Test
    void homeIsWhereTheEnvironmentSays() {
        assertThat(Home.of(Map.of("MOTLEY_HOME", "/tmp/x")).directory())
                .isEqualTo(Path.of("/tmp/x"));
        assertThat(Home.of(Map.of()).directory()).endsWithRaw(Path.of(".motley"));
    }

    @Test
    void textIsForPeopleAndJsonForPrograms() {
        assertThat(written(false)).isEqualTo("hello\nNAME  N\nlong  1\n");
        assertThat(written(true)).isEqualTo("{\"type\":\"greeting\",\"n\":1}\n");
    }

    private static String written(boolean isJson) {
        var bytes = new ByteArrayOutputStream();
        var console =
                new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), isJson, false);
        console.say("hello");
        console.progress("never seen where nothing can be redrawn");
        console.table(List.of("NAME", "N"), List.of(List.of("long", "1")));
        console.emit("greeting", Map.of("n", 1));
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void timesLeftAreShort() {
        assertThat(RunFollower.time(59)).isEqualTo("59 s");
        assertThat(RunFollower.time(60)).isEqualTo("1 min 0 s");
        assertThat(RunFollower.time(3599)).isEqualTo("59 min 59 s");
        assertThat(RunFollower.time(3600)).isEqualTo("1 h 0 min");
        assertThat(RunFollower.time(93_720)).isEqualTo("26 h 2 min");
    }
}
