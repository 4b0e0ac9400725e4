package motley.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeMap;

/// A log line as one JSON object: `time`, `level`, `logger`, `thread`, `message`, what it is about
/// (`run`, `device`, `person`, `request`, absent where it is about none), and `exception` with its
/// trace.
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var object =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString())
                        .put("level", event.getLevel().toString())
                        .put("logger", event.getLoggerName())
                        .put("thread", event.getThreadName())
                        .put("message", event.getFormattedMessage());
        for (var about : new TreeMap<>(event.getMDCPropertyMap()).entrySet()) {
            if (!about.getValue().isEmpty()) object.put(about.getKey(), about.getValue());
        }
        var thrown = event.getThrowableProxy();
        if (thrown != null) object.put("exception", ThrowableProxyUtil.asString(thrown));
        return (object + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
