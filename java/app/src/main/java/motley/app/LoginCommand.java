package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes this person known to a coordinator.
@Command(
        name = "login",
        mixinStandardHelpOptions = true,
        description = {
            "Logs in at a coordinator and keeps a token in credentials.json of MOTLEY_HOME, which",
            "other commands then use. URL may also be a link with #setup=, #invitation= or #reset=",
            "that makes the account or sets the password. Name and password are asked for, or",
            "read from standard input, a line each."
        })
final class LoginCommand implements Runnable {
    private static final int DAYS_MAX = 366;

    @Parameters(paramLabel = "URL", description = "as https://motley.example, or a link")
    private URI url = URI.create("");

    @Option(names = "--name", paramLabel = "N", description = "of the account (default: asked for)")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "keep this token instead of asking for a password")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "90",
            description = "how long the login lasts (default: ${DEFAULT-VALUE})")
    private int days;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "certificates to trust at https, in PEM (default: those of the system)")
    private Optional<Path> authorities = Optional.empty();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        if (days < 1 || days > DAYS_MAX) {
            throw new UserException("--days: %d (expected: 1 to %d)".formatted(days, DAYS_MAX));
        }
        var coordinator = Addresses.normalized(url);
        try {
            var known = token.isPresent() ? check(coordinator, token.get()) : logIn(coordinator);
            Credentials.ofThisProcess().put(coordinator, known);
            var console = output.console();
            console.say("logged in at %s as %s".formatted(coordinator, known.name()));
            console.emit("login", Map.of("url", coordinator.toString(), "name", known.name()));
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Credentials.Entry check(URI coordinator, String offered)
            throws IOException, InterruptedException {
        var trust = CoordinatorOptions.trust(authorities, coordinator);
        try (var api = new ApiClient(coordinator, offered, trust)) {
            var person = api.get("/v1/session").path("person").path("name");
            if (!person.isTextual()) throw new UserException("token: wrong (expected: a good one)");
            return new Credentials.Entry(offered, person.asText(), authorities);
        }
    }

    /// Begins a session, makes a token in it, and ends it.
    private Credentials.Entry logIn(URI coordinator) throws IOException, InterruptedException {
        var trust = CoordinatorOptions.trust(authorities, coordinator);
        try (var api = new ApiClient(coordinator, "", trust)) {
            requireAccounts(api.get("/v1/session"), coordinator);
            var session = api.begin(path(), request());
            var body = JsonNodeFactory.instance.objectNode();
            body.put("name", "motley login on " + Addresses.hostName());
            body.put("expiresInSeconds", days * 86_400);
            var scopes = body.putArray("scopes");
            session.answer().path("scopes").forEach(scopes::add);
            var created = session.post("/v1/tokens", body);
            session.end();
            var person = session.answer().path("person").path("name").asText();
            return new Credentials.Entry(created.path("token").asText(), person, authorities);
        }
    }

    private static void requireAccounts(JsonNode session, URI coordinator) {
        if (session.path("accounts").asBoolean()) return;
        throw new UserException(
                "%s has no accounts: everybody on its machine may use it".formatted(coordinator));
    }

    private String path() {
        if (Links.secret(url, "setup").isPresent()) return "/v1/setup";
        if (Links.secret(url, "invitation").isPresent()) return "/v1/accounts";
        return Links.secret(url, "reset").isPresent() ? "/v1/account/reset" : "/v1/session";
    }

    private ObjectNode request() {
        var passwords = new Passwords();
        var body = JsonNodeFactory.instance.objectNode();
        var reset = Links.secret(url, "reset");
        if (reset.isPresent()) {
            return body.put("token", reset.get()).put("password", passwords.askNew("new password"));
        }
        body.put("name", name.orElseGet(() -> passwords.ask("name")));
        var setup = Links.secret(url, "setup");
        var invitation = Links.secret(url, "invitation");
        setup.ifPresent(secret -> body.put("token", secret));
        invitation.ifPresent(secret -> body.put("invitation", secret));
        boolean isNew = setup.isPresent() || invitation.isPresent();
        return body.put(
                "password",
                isNew ? passwords.askNew("new password") : passwords.askSecret("password"));
    }
}
