package motley.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import motley.coordinator.access.QrCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lets devices in.
@Command(
        name = "invite",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a link and a QR code with which devices join as yours: phones and browsers",
            "open it, `motley join LINK` takes it. New devices may use it for --hours; those that",
            "came come back with it until it is revoked. To invite people: `motley account invite`."
        })
final class InviteCommand implements Runnable {
    private static final double HOURS_MAX = 744;
    private static final int CONNECT_MS = 500;

    @Option(
            names = "--hours",
            paramLabel = "H",
            defaultValue = "1",
            description = "how long new devices may use it (default: ${DEFAULT-VALUE})")
    private double hours;

    @Option(names = "--name", paramLabel = "N", description = "for yourself, to tell it apart")
    private String name = "";

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        if (!(hours > 0 && hours <= HOURS_MAX)) {
            throw new UserException(
                    "--hours: %s (expected: above 0, at most 744)".formatted(hours));
        }
        var body = JsonNodeFactory.instance.objectNode().put("name", name);
        body.put("expiresInSeconds", Math.max(1, Math.round(3600 * hours)));
        var console = output.console();
        var link =
                Calls.with(
                        coordinator,
                        api -> {
                            var token = api.post("/v1/join-tokens", body).path("token").asText();
                            return Links.of(reachable(api.coordinator()), "join", token);
                        });
        console.say(QrCode.of(link).halfBlocks());
        console.say(link);
        console.say("or: motley join '" + link + "'");
        if (isOfThisMachine(link)) {
            console.say("for devices on this machine only: others reach `serve --listen 0.0.0.0`");
        }
        console.emit("invitation", Map.of("link", link));
    }

    /// What others call this machine, if the coordinator is on it.
    private static URI reachable(URI uri) throws IOException {
        if (!InetAddress.getByName(uri.getHost()).isLoopbackAddress()) return uri;
        if (uri.getScheme().equals("https")) return uri;
        for (var address : Addresses.reachable()) {
            if (!answers(address, uri.getPort())) continue;
            var host = address.getHostAddress();
            return URI.create("%s://%s:%d".formatted(uri.getScheme(), host, uri.getPort()));
        }
        return uri;
    }

    /// A coordinator on loopback alone is not there under the machine's other addresses.
    private static boolean answers(InetAddress address, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOfThisMachine(String link) {
        try {
            return InetAddress.getByName(URI.create(link).getHost()).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }
}
