package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonLogEncoderTest {
    @Test
    void eventIsOneLineWithWhatItIsAbout() throws IOException {
        var context = new LoggerContext();
        var failure = new IllegalStateException("two\nlines");
        var event =
                new LoggingEvent(
                        "test",
                        context.getLogger("motley.Some"),
                        Level.WARN,
                        "run {}: \"broken\"\nhere",
                        failure,
                        new Object[] {"r1"});
        event.setMDCPropertyMap(Map.of("run", "r1", "request", "ab12", "device", ""));
        event.setTimeStamp(1_000);
        var text = new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(1);
        assertThat(text).endsWith("}\n");
        var object = new ObjectMapper().readTree(text);
        assertThat(object.get("time").textValue()).isEqualTo("1970-01-01T00:00:01Z");
        assertThat(object.get("level").textValue()).isEqualTo("WARN");
        assertThat(object.get("logger").textValue()).isEqualTo("motley.Some");
        assertThat(object.get("message").textValue()).isEqualTo("run r1: \"broken\"\nhere");
        assertThat(object.get("run").textValue()).isEqualTo("r1");
        assertThat(object.get("request").textValue()).isEqualTo("ab12");
        assertThat(object.has("device")).isFalse();
        assertThat(object.get("exception").textValue())
                .contains("IllegalStateException: two\nlines", "JsonLogEncoderTest");
    }
}
