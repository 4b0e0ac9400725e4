package motley.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import motley.wire.Protocol;
import motley.wire.Trust;
import motley.wire.discovery.CoordinatorSearch;
import picocli.CommandLine.Option;

/// Which coordinator a command speaks to.
final class CoordinatorOptions {
    private static final int SEARCH_SECONDS_MAX = 600;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "coordinator (default: the one found on this machine or its networks)")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "as `motley serve` printed it (default: that of `motley login`)")
    private String token = "";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "certificates to trust at https, in PEM (default: those of the system)")
    private Optional<Path> authorities = Optional.empty();

    @Option(
            names = "--discovery-port",
            paramLabel = "PORT",
            defaultValue = "" + Protocol.DISCOVERY_PORT,
            description = "UDP port of the search (default: ${DEFAULT-VALUE})")
    private int discoveryPort;

    @Option(
            names = "--search-seconds",
            paramLabel = "S",
            defaultValue = "1.5",
            description = "how long to search for a coordinator (default: ${DEFAULT-VALUE})")
    private double searchSeconds;

    boolean isNamed() {
        return url.isPresent();
    }

    /// The coordinator named or found.
    ///
    /// @throws UserException if there is none
    ApiClient connect() {
        return find().orElseThrow(
                        () ->
                                new UserException(
                                        "no coordinator answers on UDP port %d: start one with"
                                                        .formatted(discoveryPort)
                                                + " `motley serve`, or name it with --url"));
    }

    Optional<ApiClient> find() {
        return address().map(this::client);
    }

    private Optional<URI> address() {
        if (url.isPresent()) return url.map(Addresses::normalized);
        if (!(searchSeconds > 0 && searchSeconds <= SEARCH_SECONDS_MAX)) {
            throw new UserException(
                    "--search-seconds: %s (expected: above 0, at most %d)"
                            .formatted(searchSeconds, SEARCH_SECONDS_MAX));
        }
        var time = Duration.ofMillis(Math.max(1, Math.round(1000 * searchSeconds)));
        try {
            return CoordinatorSearch.find(discoveryPort, time).stream()
                    .map(found -> found.uri())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ApiClient client(URI uri) {
        var shown = token.isEmpty() ? knownToken(uri) : token;
        return new ApiClient(uri, shown, trust(authorities, uri));
    }

    /// The authorities in a file, or those that `motley login` was told of.
    ///
    /// @throws UserException if there are none in it
    static Trust trust(Optional<Path> file, URI uri) {
        var entry = Credentials.ofThisProcess().of(uri);
        var known = file.or(() -> entry.flatMap(Credentials.Entry::ca));
        if (known.isEmpty()) return Trust.SYSTEM;
        try {
            return Trust.in(known.get());
        } catch (IOException e) {
            throw new UserException("--ca: " + e.getMessage(), e);
        }
    }

    /// What `motley login` kept for this address, else the token of a coordinator of this machine.
    static String knownToken(URI uri) {
        var entry = Credentials.ofThisProcess().of(uri);
        return entry.map(Credentials.Entry::token).orElseGet(() -> localToken(uri));
    }

    /// The token of a coordinator of this machine lies where its owner can read it.
    static String localToken(URI uri) {
        try {
            boolean isLocal = InetAddress.getAllByName(uri.getHost())[0].isLoopbackAddress();
            var file = Home.ofThisProcess().coordinator().resolve("token");
            return isLocal && Files.isReadable(file) ? Files.readString(file).strip() : "";
        } catch (UnknownHostException e) {
            throw new UserException("url: %s (expected: a host that exists)".formatted(uri), e);
        } catch (IOException e) {
            return "";
        }
    }
}
