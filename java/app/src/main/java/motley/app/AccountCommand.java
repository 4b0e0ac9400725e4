package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

/// The people of a coordinator.
@Command(
        name = "account",
        description = "Lists and changes the accounts of a coordinator, for administrators.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AccountCommand.ListAll.class,
            AccountCommand.Add.class,
            AccountCommand.Invite.class,
            AccountCommand.Disable.class,
            AccountCommand.Enable.class,
            AccountCommand.Reset.class,
            AccountCommand.Password.class
        })
final class AccountCommand implements Runnable {
    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    /// What a new account may do.
    static final class Roles {
        @Option(
                names = "--roles",
                split = ",",
                paramLabel = "ROLES",
                description = {
                    "administrator, requestor, provider, between commas (default:",
                    "requestor,provider)"
                })
        private List<String> names = List.of("requestor", "provider");

        ObjectNode body() {
            var body = JsonNodeFactory.instance.objectNode();
            var list = body.putArray("roles");
            names.forEach(list::add);
            return body;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the accounts.")
    static final class ListAll implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var rows = new ArrayList<List<String>>();
            for (var account : Calls.get(coordinator, "/v1/accounts").path("accounts")) {
                console.emit("account", Calls.fields(account));
                var state = account.path("hasPassword").asBoolean() ? "in use" : "no password yet";
                rows.add(
                        List.of(
                                account.path("name").asText(),
                                words(account.path("roles")),
                                account.path("isDisabled").asBoolean() ? "disabled" : state));
            }
            if (rows.isEmpty()) console.say("no accounts; the link of `motley serve` makes one");
            else console.table(List.of("NAME", "ROLES", "STATE"), rows);
        }
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Adds an account and prints the link at which its owner sets a password.")
    static final class Add implements Runnable {
        @Parameters(paramLabel = "NAME", description = "a-z, 0-9, dot, hyphen, underscore")
        private String name = "";

        @Mixin private Roles roles = new Roles();
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var body = roles.body();
            tell(
                    output.console(),
                    "reset",
                    Calls.with(coordinator, api -> answer(api, api.put(one(name), body))));
        }
    }

    @Command(
            name = "invite",
            mixinStandardHelpOptions = true,
            description = "Prints a link with which somebody makes an account, once.")
    static final class Invite implements Runnable {
        @Mixin private Roles roles = new Roles();
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var body = roles.body();
            tell(
                    output.console(),
                    "invitation",
                    Calls.with(coordinator, api -> answer(api, api.post("/v1/invitations", body))));
        }
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Shuts an account: its sessions, tokens and devices end at once.")
    static final class Disable implements Runnable {
        @Parameters(paramLabel = "NAME", description = "of the account")
        private String name = "";

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            setDisabled(coordinator, name, true);
            output.console().say(name + " is disabled");
        }
    }

    @Command(
            name = "enable",
            mixinStandardHelpOptions = true,
            description = "Opens an account that was disabled; its password is what it was.")
    static final class Enable implements Runnable {
        @Parameters(paramLabel = "NAME", description = "of the account")
        private String name = "";

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            setDisabled(coordinator, name, false);
            output.console().say(name + " is enabled");
        }
    }

    @Command(
            name = "reset",
            mixinStandardHelpOptions = true,
            description = "Prints a link at which the owner of an account sets a new password.")
    static final class Reset implements Runnable {
        @Parameters(paramLabel = "NAME", description = "of the account")
        private String name = "";

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var none = JsonNodeFactory.instance.objectNode();
            tell(
                    output.console(),
                    "reset",
                    Calls.with(
                            coordinator, api -> answer(api, api.post(one(name) + "/reset", none))));
        }
    }

    @Command(
            name = "password",
            mixinStandardHelpOptions = true,
            description = "Changes one's own password; all sessions in browsers end.")
    static final class Password implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var passwords = new Passwords();
            var body = JsonNodeFactory.instance.objectNode();
            body.put("current", passwords.askSecret("password until now"));
            body.put("password", passwords.askNew("new password"));
            var _ = Calls.with(coordinator, api -> api.put("/v1/account/password", body));
            output.console().say("the password is changed");
        }
    }

    /// A link, and where it leads.
    private record Answer(URI coordinator, JsonNode body) {}

    private static Answer answer(ApiClient api, JsonNode body) {
        return new Answer(api.coordinator(), body);
    }

    private static void tell(Console console, String purpose, Answer answer) {
        var link = Links.of(answer.coordinator, purpose, answer.body.path("token").asText());
        console.say("give this link to its owner; it is good once:");
        console.say("  " + link);
        console.say("or, on a command line: motley login '" + link + "'");
        console.emit("link", Map.of("link", link));
    }

    private static void setDisabled(CoordinatorOptions coordinator, String name, boolean isNow) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("isDisabled", isNow);
        var _ = Calls.with(coordinator, api -> api.patch(one(name), body));
    }

    private static String one(String name) {
        return "/v1/accounts/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String words(JsonNode list) {
        var words = new StringJoiner(", ");
        list.forEach(word -> words.add(word.asText()));
        return words.toString();
    }
}
