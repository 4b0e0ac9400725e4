package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import motley.coordinator.credits.Credits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Credits: what somebody has, where it came from, and whether everything adds up.
@Command(
        name = "credits",
        mixinStandardHelpOptions = true,
        subcommands = {
            CreditsCommand.Statement.class,
            CreditsCommand.Check.class,
            CreditsCommand.Grant.class,
            CreditsCommand.Limit.class
        },
        description = {
            "Shows what you have. Credits count work; they are no money.",
            "",
            "A credit is 10^12 operations of the programs that devices compute, by the cost model",
            "of those programs and not by what a device says. What a run may take is set aside",
            "when it starts; each answer that counts is paid once, to whoever owns the device; the",
            "rest goes back when the run is over.",
            "",
            "  motley credits statement --limit 20",
            "  motley train mnist-mlp --data mnist --budget 0.5"
        })
final class CreditsCommand implements Runnable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--person",
            paramLabel = "ID",
            description = "somebody else, for administrators")
    private Optional<String> person = Optional.empty();

    @Override
    public void run() {
        var path = "/v1/credits" + person.map(id -> "?person=" + encoded(id)).orElse("");
        show(output.console(), Calls.get(coordinator, path));
    }

    private static void show(Console console, JsonNode standing) {
        console.emit("credits", Calls.fields(standing));
        console.table(
                List.of("PERSON", "BALANCE", "RESERVED", "EARNED", "SPENT", "GRANTED"),
                List.of(
                        List.of(
                                standing.path("person").asText(),
                                credits(standing, "balanceMicros"),
                                credits(standing, "reservedMicros"),
                                credits(standing, "earnedMicros"),
                                credits(standing, "spentMicros"),
                                credits(standing, "grantedMicros"))));
        if (standing.has("limitMicros")) {
            console.say("people may owe %s here".formatted(credits(standing, "limitMicros")));
        }
    }

    private static String credits(JsonNode object, String field) {
        return Credits.text(object.path(field).asLong());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Command(
            name = "statement",
            mixinStandardHelpOptions = true,
            description = {
                "Lists entries, newest first: of your account, and of the runs you pay.",
                "What follows a page is named under it."
            })
    static final class Statement implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "entries, 1 to 1000 (default: ${DEFAULT-VALUE})")
        private int limit = 50;

        @Option(
                names = "--after",
                paramLabel = "ENTRY",
                description = "only those older than this one")
        private Optional<Long> after = Optional.empty();

        @Override
        public void run() {
            var console = output.console();
            var path =
                    "/v1/credits/statement?limit=%d%s"
                            .formatted(limit, after.map(entry -> "&after=" + entry).orElse(""));
            var page = Calls.get(coordinator, path);
            var rows = new ArrayList<List<String>>();
            for (var entry : page.path("entries")) {
                console.emit("entry", Calls.fields(entry));
                var at = Instant.ofEpochMilli(entry.path("atMs").asLong());
                rows.add(
                        List.of(
                                entry.path("sequence").asText(),
                                TIME.format(at.atZone(ZoneId.systemDefault())),
                                entry.path("cause").asText(),
                                entry.path("from").asText(),
                                entry.path("to").asText(),
                                credits(entry, "micros"),
                                entry.path("device").asText(entry.path("note").asText())));
            }
            if (rows.isEmpty()) {
                console.say("no entries");
                return;
            }
            console.table(List.of("ENTRY", "AT", "CAUSE", "FROM", "TO", "CREDITS", "DEVICE"), rows);
            if (page.has("next")) {
                var next = page.path("next").asText();
                console.emit("next", Map.of("after", next));
                console.say("older ones: motley credits statement --after " + next);
            }
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {
                "Counts all accounts again from their entries: together they must have nothing.",
                "Ends with status 1 if something does not add up. For administrators."
            })
    static final class Check implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var found = Calls.get(coordinator, "/v1/credits/check");
            console.emit("check", Calls.fields(found));
            for (var finding : found.path("findings")) console.say(finding.asText());
            if (!found.path("isBalanced").asBoolean()) {
                throw new UserException("the ledger does not add up");
            }
            console.say(
                    "the ledger adds up: %d entries, %s credits paid for work, %s set aside"
                            .formatted(
                                    found.path("entries").asLong(),
                                    credits(found, "paidMicros"),
                                    credits(found, "reservedMicros")));
        }
    }

    @Command(
            name = "grant",
            mixinStandardHelpOptions = true,
            description = {
                "Gives somebody credits; the house owes them. For administrators.",
                "",
                "  motley credits grant PERSON 100 --note 'for the spring term'"
            })
    static final class Grant implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Parameters(index = "0", paramLabel = "PERSON", description = "the id of a person")
        private String person = "";

        @Parameters(index = "1", paramLabel = "CREDITS", description = "how many, such as 12.5")
        private String credits = "";

        @Option(names = "--note", paramLabel = "TEXT", description = "what for")
        private Optional<String> note = Optional.empty();

        @Override
        public void run() {
            var body =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("person", person)
                            .put("micros", micros("credits", credits));
            note.ifPresent(text -> body.put("note", text));
            show(
                    output.console(),
                    Calls.with(coordinator, api -> api.post("/v1/credits/grants", body)));
        }
    }

    @Command(
            name = "limit",
            mixinStandardHelpOptions = true,
            description = {
                "Says how far people may owe: who owes that much starts no run. `none`: as far as",
                "they like, which is what a new coordinator has. For administrators."
            })
    static final class Limit implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Parameters(paramLabel = "CREDITS", description = "how many, or none")
        private String credits = "";

        @Override
        public void run() {
            var body = JsonNodeFactory.instance.objectNode();
            if (!credits.equals("none")) body.put("micros", micros("limit", credits));
            show(
                    output.console(),
                    Calls.with(coordinator, api -> api.put("/v1/credits/limit", body)));
        }
    }

    private static long micros(String field, String credits) {
        try {
            return Credits.micros(field, credits);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }
}
