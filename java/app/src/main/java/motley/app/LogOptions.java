package motley.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// In what form a command that runs for long logs.
final class LogOptions {
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = {
                "form of the log on standard error: lines for people, or one JSON object a line",
                "with the run, device, person and request it is about (default: ${DEFAULT-VALUE})"
            })
    private Format format = Format.TEXT;

    /// Sets the form for the whole process.
    void apply() {
        if (format == Format.TEXT) return;
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) return;
        var encoder = new JsonLogEncoder();
        encoder.setContext(context);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
