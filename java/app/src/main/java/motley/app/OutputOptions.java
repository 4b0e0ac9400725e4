package motley.app;

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

    // Contrary to the warning, JDK 25 gives null again where standard output is redirected.
    @SuppressWarnings("SystemConsoleNull")
    Console console() {
        var terminal = System.console();
        boolean isTerminal = terminal != null && terminal.isTerminal();
        return new Console(System.out, format == Format.JSON, isTerminal);
    }
}
