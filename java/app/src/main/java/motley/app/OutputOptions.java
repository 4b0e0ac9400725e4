package motley.app;

import java.util.Objects;
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

    Console console() {
        boolean isTerminal = Objects.requireNonNull(System.console()).isTerminal();
        return new Console(System.out, format == Format.JSON, isTerminal);
    }
}
