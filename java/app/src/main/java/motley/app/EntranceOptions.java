package motley.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.coordinator.CoordinatorSettings.Entrance;
import motley.coordinator.CoordinatorSettings.Identity;
import motley.coordinator.access.Proxies;
import motley.coordinator.access.SignUp;
import motley.coordinator.access.Terms;
import picocli.CommandLine.Option;

/// How people and devices come to a coordinator.
final class EntranceOptions {
    @Option(
            names = "--accounts",
            description = {
                "people need an account, also on this machine; beyond it (--listen) always.",
                "The first start prints a link that makes the administrator"
            })
    private boolean accounts;

    @Option(
            names = "--sign-up",
            paramLabel = "open|invite|closed",
            defaultValue = "invite",
            description = {
                "who makes an account: everybody, who is invited, nobody but administrators",
                "(default: ${DEFAULT-VALUE})"
            })
    private SignUp signUp = SignUp.INVITE;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "serve https with this certificate and those that sign it, in PEM")
    private Optional<Path> certificate = Optional.empty();

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "the certificate's key, PKCS #8 in PEM")
    private Optional<Path> key = Optional.empty();

    @Option(
            names = "--behind-proxy",
            arity = "0..1",
            fallbackValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            split = ",",
            description = {
                "believe X-Forwarded-For, -Proto and -Host of proxies on this machine, and of",
                "those at these addresses, between commas"
            })
    private List<String> proxies = new ArrayList<>();

    boolean isEncrypted() {
        return certificate.isPresent();
    }

    /// @throws UserException if an option is wrong
    Entrance entrance() {
        return new Entrance(accounts, new Terms(signUp, proxies()), identity());
    }

    private Optional<Identity> identity() {
        if (certificate.isEmpty() && key.isEmpty()) return Optional.empty();
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new UserException("--tls-certificate, --tls-key: one alone (expected: both)");
        }
        return Optional.of(
                new Identity(
                        readable("--tls-certificate", certificate.get()),
                        readable("--tls-key", key.get())));
    }

    private static Path readable(String option, Path file) {
        if (Files.isReadable(file)) return file;
        throw new UserException("%s: %s (expected: a file to read)".formatted(option, file));
    }

    private Proxies proxies() {
        if (proxies.isEmpty()) return Proxies.NONE;
        var addresses = new ArrayList<InetAddress>();
        for (var name : proxies) {
            try {
                addresses.addAll(List.of(InetAddress.getAllByName(name)));
            } catch (UnknownHostException e) {
                throw new UserException(
                        "--behind-proxy: %s (expected: an address)".formatted(name), e);
            }
        }
        return Proxies.at(addresses);
    }
}
