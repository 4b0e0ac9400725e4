package motley.app;

import ch.qos.logback.classic.Logger;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// How a command speaks; every command has it.
final class OutputOptions {
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "text for people, json for programs: one object a line with a `type`.")
    private Format format = Format.TEXT;

    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = {
                "what the log tells on standard error: error, warn, info or debug (default: warn)"
            })
    private Optional<Level> level = Optional.empty();

    // Contrary to the warning, JDK 25 gives null again where standard output is redirected.
    @SuppressWarnings("SystemConsoleNull")
    Console console() {
        level.ifPresent(OutputOptions::tell);
        var terminal = System.console();
        boolean isTerminal = terminal != null && terminal.isTerminal();
        return new Console(System.out, format == Format.JSON, isTerminal);
    }

    private static void tell(Level level) {
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(ch.qos.logback.classic.Level.valueOf(level.name()));
    }
}
