package motley.app;

import picocli.CommandLine.Option;

/// How a device on the coordinator's machine exchanges bulk bytes with it.
final class ExchangeOptions {
    @Option(
            names = "--exchange",
            paramLabel = "WAY",
            defaultValue = "auto",
            description = {
                "of parameters and answers: auto (files in memory on the coordinator's machine,",
                "HTTP otherwise) or http, to see what a network would carry",
                "(default: ${DEFAULT-VALUE})"
            })
    private String way = "";

    /// Whether files may be used.
    ///
    /// @throws UserException if it is neither
    boolean usesFiles() {
        return switch (way) {
            case "auto" -> true;
            case "http" -> false;
            default ->
                    throw new UserException(
                            "--exchange: %s (expected: auto or http)".formatted(way));
        };
    }

    String way() {
        return way;
    }
}
