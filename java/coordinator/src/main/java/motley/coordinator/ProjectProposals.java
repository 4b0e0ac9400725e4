package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import motley.coordinator.http.FieldError;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.nn.Schedules;
import motley.rounds.Strategy;
import motley.rounds.sharing.Priority;

/// What to put in place of a field of a run's request that is wrong: the nearest number that may be
/// right, the word that was probably meant, or nothing. Whether it does is seen by trying it.
final class ProjectProposals {
    /// Letters that may be wrong in a word that is still meant.
    private static final int TYPING_ERRORS_MAX = 3;

    private ProjectProposals() {}

    /// @param field that is wrong in `run`
    /// @param trainSamples samples to learn from
    static Optional<JsonNode> of(String field, ObjectNode run, int trainSamples) {
        int batch = number(run, "batchSize", 128);
        return switch (field) {
            case "model" -> word(run, field, Models.names());
            case "epochs", "minDevices", "weight" -> number(run, field, 1, 1_000);
            case "batchSize" -> number(run, field, 1, trainSamples);
            case "tasks" -> number(run, field, 1, Math.clamp(batch, 1, trainSamples));
            case "k" -> k(run, trainSamples);
            case "maxDevices" -> number(run, field, number(run, "minDevices", 1), 10_000);
            case "strategy" -> word(run, field, Strategy.NAMES).or(() -> text("sync"));
            case "optimizer" -> optimizer(run);
            case "schedule" -> word(run, field, Schedules.names()).or(() -> text("constant"));
            case "trust" -> word(run, field, List.of("off", "audit")).or(() -> text("off"));
            case "keep" -> word(run, field, List.of("last", "best")).or(() -> text("last"));
            case "encoding", "parameters" ->
                    word(run, field, List.of("f32", "bf16", "int8", "int4", "e3m0", "auto"))
                            .or(() -> text("f32"));
            case "priority" ->
                    word(run, field, Arrays.stream(Priority.values()).map(Json::word).toList())
                            .or(() -> text("normal"));
            case "contributors" ->
                    word(run, field, List.of("everybody", "mine")).or(() -> text("everybody"));
            case "warmUpSteps", "earlyStop" -> number(run, field, 0, 1 << 20);
            case "validationShare" -> Optional.of(run.numberNode(0.1));
            case "dataset" -> Optional.empty();
            default -> field.contains(".") ? Optional.empty() : Optional.of(FieldError.NOTHING);
        };
    }

    /// The contributions of a step, of as many tasks as an epoch has.
    private static Optional<JsonNode> k(ObjectNode run, int trainSamples) {
        var strategy = run.path("strategy").asText("sync");
        if (!strategy.equals("k-batch") && !strategy.equals("async")) {
            return Optional.of(FieldError.NOTHING);
        }
        int batch = Math.clamp(number(run, "batchSize", 128), 1, trainSamples);
        int tasks = Math.clamp(number(run, "tasks", Math.min(8, batch)), 1, batch);
        return number(run, "k", 1, Math.ceilDiv(trainSamples, Math.ceilDiv(batch, tasks)));
    }

    private static Optional<JsonNode> optimizer(ObjectNode run) {
        var given = run.path("optimizer").asText("");
        var name = given.substring(0, Math.max(given.indexOf(':'), 0));
        var usual = run.path("strategy").asText("").equals("async") ? "sgd:momentum=0" : "adam";
        var meant = word(run, "optimizer", Optimizers.names());
        // A name that is right has settings that are not.
        if (meant.isEmpty() || meant.get().asText().equals(given)) {
            return Optimizers.names().contains(name) ? text(name) : text(usual);
        }
        return meant;
    }

    private static Optional<JsonNode> number(ObjectNode run, String field, int least, int most) {
        int high = Math.max(least, most);
        return Optional.of(run.numberNode(Math.clamp(number(run, field, least), least, high)));
    }

    private static int number(ObjectNode run, String field, int usual) {
        var value = run.path(field);
        if (!value.isNumber()) return usual;
        return Math.clamp(Math.round(value.doubleValue()), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static Optional<JsonNode> text(String text) {
        return Optional.of(TextNode.valueOf(text));
    }

    /// The word that takes the fewest changes.
    private static Optional<JsonNode> word(ObjectNode run, String field, Collection<String> words) {
        var given = run.path(field).asText("").strip();
        Optional<JsonNode> nearest = Optional.empty();
        int fewest = Math.min(TYPING_ERRORS_MAX, Math.max(1, given.length() / 2)) + 1;
        for (var word : words) {
            int changes = changes(given.toLowerCase(Locale.ROOT), word);
            if (changes >= fewest) continue;
            fewest = changes;
            nearest = text(word);
        }
        return nearest;
    }

    /// Letters to put in, take out or replace. Source: Wagner and Fischer 1974.
    private static int changes(String from, String to) {
        var row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) row[j] = j;
        for (int i = 1; i <= from.length(); i++) {
            int before = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = before + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                before = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
