package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Tokens for programs.
@Command(
        name = "token",
        description = "Makes, lists and revokes tokens with which programs act for you.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TokenCommand.Create.class,
            TokenCommand.ListAll.class,
            TokenCommand.Revoke.class
        })
final class TokenCommand implements Runnable {
    private static final int DAYS_MAX = 366;

    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a token and prints it, this once. Scopes: read (look), train (add data,",
                "start and steer runs), devices (join as a device, invite devices), admin (what",
                "administrators may), metrics (read the coordinator's figures, for Prometheus),",
                "account (password and tokens)."
            })
    static final class Create implements Runnable {
        @Parameters(paramLabel = "NAME", description = "to tell it apart")
        private String name = "";

        @Option(
                names = "--scopes",
                split = ",",
                paramLabel = "SCOPES",
                description = "between commas (default: read)")
        private List<String> scopes = List.of("read");

        @Option(
                names = "--days",
                paramLabel = "N",
                defaultValue = "90",
                description = "until it expires (default: ${DEFAULT-VALUE})")
        private int days;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            if (days < 1 || days > DAYS_MAX) {
                throw new UserException("--days: %d (expected: 1 to %d)".formatted(days, DAYS_MAX));
            }
            var body = JsonNodeFactory.instance.objectNode().put("name", name);
            body.put("expiresInSeconds", days * 86_400);
            var list = body.putArray("scopes");
            scopes.forEach(list::add);
            var created = Calls.with(coordinator, api -> api.post("/v1/tokens", body));
            var console = output.console();
            console.say(created.path("token").asText());
            console.emit("token", Calls.fields(created));
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists your tokens.")
    static final class ListAll implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var rows = new ArrayList<List<String>>();
            for (var token : Calls.get(coordinator, "/v1/tokens").path("tokens")) {
                console.emit("token", Calls.fields(token));
                rows.add(
                        List.of(
                                token.path("id").asText(),
                                token.path("name").asText(),
                                words(token.path("scopes")),
                                Instant.ofEpochMilli(token.path("expiresAtMs").asLong())
                                        .toString()));
            }
            if (rows.isEmpty()) console.say("no tokens; make one with `motley token create NAME`");
            else console.table(List.of("ID", "NAME", "SCOPES", "UNTIL"), rows);
        }

        private static String words(JsonNode list) {
            var words = new StringJoiner(",");
            list.forEach(word -> words.add(word.asText()));
            return words.toString();
        }
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes a token.")
    static final class Revoke implements Runnable {
        @Parameters(paramLabel = "ID", description = "as `motley token list` shows it")
        private String id = "";

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var path = "/v1/tokens/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
            Calls.with(
                    coordinator,
                    api -> {
                        api.delete(path);
                        return id;
                    });
            output.console().say("revoked " + id);
            output.console().emit("revoked", Map.of("id", id));
        }
    }
}
