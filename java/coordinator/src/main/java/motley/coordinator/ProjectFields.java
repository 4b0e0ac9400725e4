package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import motley.coordinator.http.FieldError;
import motley.data.HeldBack;

/// What people fill in for a project: the fields of a run's request, and those of the project
/// itself. A run's fields are checked where runs check them; what is here are the others.
///
/// `totalTasks` cuts the whole training: with K of them for each step, batch size and tasks of a
/// step follow.
final class ProjectFields {
    static final String NAME = "name";
    static final String TOTAL_TASKS = "totalTasks";
    static final String START_AT = "startAtMs";
    static final String DEADLINE = "deadlineMs";
    static final String CONTINUES = "continues";

    private static final String VALIDATION_SHARE = "validationShare";
    private static final String VALIDATION_SEED = "validationSeed";

    private static final Set<String> OWN = Set.of(NAME, TOTAL_TASKS, START_AT, DEADLINE, CONTINUES);

    /// Only a run that goes on has an ancestor; projects say so by `continues`.
    private static final String ANCESTOR = "ancestor";

    private static final int NAME_MAX = 100;
    private static final int TASKS_USUAL = 8;
    private static final long DAY_MS = 86_400_000;

    private ProjectFields() {}

    /// All of them.
    static Set<String> names() {
        return Stream.concat(OWN.stream(), RunRequestJson.FIELDS.stream())
                .filter(name -> !name.equals(ANCESTOR))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The fields of a run among them.
    static ObjectNode ofRun(ObjectNode fields) {
        return fields.deepCopy().without(OWN);
    }

    /// What is wrong with a name.
    static Optional<String> name(ObjectNode fields) {
        var name = fields.path(NAME).asText("");
        boolean isFit = !name.isBlank() && name.length() <= NAME_MAX;
        if (isFit && fields.path(NAME).isTextual()) return Optional.empty();
        return Optional.of("name: missing (expected: 1 to %d characters)".formatted(NAME_MAX));
    }

    /// What is wrong with the times, at `nowMs`.
    static List<FieldError> times(ObjectNode fields, long nowMs) {
        var start = time(fields, START_AT);
        var deadline = time(fields, DEADLINE);
        var errors = new ArrayList<FieldError>();
        if (fields.has(START_AT) && start.isEmpty()) errors.add(wrongTime(START_AT, fields));
        if (fields.has(DEADLINE) && deadline.isEmpty()) errors.add(wrongTime(DEADLINE, fields));
        if (deadline.isEmpty()) return errors;
        long from = Math.max(nowMs, start.orElse(nowMs));
        if (deadline.getAsLong() > from) return errors;
        var expected =
                start.orElse(0) > nowMs
                        ? "after startAtMs, %d".formatted(from)
                        : "a time to come, it is %d now".formatted(nowMs);
        errors.add(
                new FieldError(
                        DEADLINE,
                        Optional.of(fields.get(DEADLINE)),
                        expected,
                        Optional.of(fields.numberNode(from + DAY_MS))));
        return errors;
    }

    static OptionalLong time(ObjectNode fields, String name) {
        var value = fields.path(name);
        boolean isTime = value.isIntegralNumber() && value.canConvertToLong();
        return isTime && value.longValue() >= 0
                ? OptionalLong.of(value.longValue())
                : OptionalLong.empty();
    }

    private static FieldError wrongTime(String field, ObjectNode fields) {
        return new FieldError(
                field,
                Optional.of(fields.get(field)),
                "milliseconds since 1970",
                Optional.of(FieldError.NOTHING));
    }

    /// What a run learns from of `train` samples, when a share of them is held back.
    static int learned(ObjectNode fields, int train) {
        double share = fields.path(VALIDATION_SHARE).asDouble();
        boolean isFit = share > 0 && share <= HeldBack.SHARE_MAX && train >= 2;
        return isFit ? HeldBack.of(share, train, 0).rest(train) : train;
    }

    /// Keeps what is held back where a project goes on from another one, whatever its seed becomes.
    static void keepHeldBack(ObjectNode fields) {
        if (!fields.has(VALIDATION_SHARE) || fields.has(VALIDATION_SEED)) return;
        fields.put(VALIDATION_SEED, fields.path("seed").asLong());
    }

    /// Puts what follows from `totalTasks` into a run's fields.
    ///
    /// @param trainSamples 0: they are not known yet
    /// @param run gets batch size, tasks and strategy
    /// @return what is wrong with it
    static Optional<FieldError> cut(ObjectNode fields, ObjectNode run, int trainSamples) {
        if (!fields.has(TOTAL_TASKS)) return Optional.empty();
        var given = fields.get(TOTAL_TASKS);
        int epochs = Math.max(1, whole(run, "epochs", 1));
        if (!given.isIntegralNumber() || !given.canConvertToInt() || given.intValue() < epochs) {
            return wrong(fields, "at least one an epoch, %d".formatted(epochs), epochs);
        }
        int total = given.intValue();
        if (!run.has("strategy")) run.put("strategy", "k-batch");
        int inEpoch = total / epochs;
        int each = Math.ceilDiv(trainSamples, inEpoch);
        if (trainSamples > 0) {
            var unreachable = requireReached(fields, new Cut(epochs, total, each), trainSamples);
            if (unreachable.isPresent()) return unreachable;
        }
        var dial = run.path("strategy").asText().equals("k-batch") ? "k" : "tasks";
        int k = whole(run, dial, Math.min(TASKS_USUAL, inEpoch));
        if (k < 1 || k > inEpoch) {
            return Optional.of(
                    new FieldError(
                            dial,
                            Optional.ofNullable(run.get(dial)),
                            "1 to %d, the tasks of an epoch".formatted(inEpoch),
                            Optional.of(run.numberNode(Math.clamp(k, 1, inEpoch)))));
        }
        if (dial.equals("k")) run.put("k", k);
        if (trainSamples == 0) return Optional.empty();
        int batch = (int) Math.min((long) k * each, trainSamples);
        for (var derived : List.of(new Derived("batchSize", batch), new Derived("tasks", k))) {
            var other = derived.refusal(run, total, k);
            if (other.isPresent()) return other;
            run.put(derived.field, derived.value);
        }
        return Optional.empty();
    }

    /// @param each samples of a task
    private record Cut(int epochs, int total, int each) {}

    /// Tasks have one size, so an epoch has only some numbers of them.
    private static Optional<FieldError> requireReached(
            ObjectNode fields, Cut cut, int trainSamples) {
        long reached = (long) cut.epochs * Math.ceilDiv(trainSamples, cut.each);
        if (reached == cut.total) return Optional.empty();
        var expected =
                "a number that %d epochs of %d samples are cut into, such as %d of %d samples"
                        .formatted(cut.epochs, trainSamples, reached, cut.each);
        return wrong(fields, expected, reached);
    }

    /// A field that follows from others.
    private record Derived(String field, int value) {
        Optional<FieldError> refusal(ObjectNode run, int total, int k) {
            if (whole(run, field, value) == value) return Optional.empty();
            var expected =
                    "%d, what %d tasks in all and %d a step make of it; or no totalTasks"
                            .formatted(value, total, k);
            return Optional.of(
                    new FieldError(
                            field,
                            Optional.of(run.get(field)),
                            expected,
                            Optional.of(FieldError.NOTHING)));
        }
    }

    private static Optional<FieldError> wrong(ObjectNode fields, String expected, long better) {
        return Optional.of(
                new FieldError(
                        TOTAL_TASKS,
                        Optional.of(fields.get(TOTAL_TASKS)),
                        expected,
                        Optional.of(fields.numberNode(better))));
    }

    private static int whole(JsonNode object, String name, int usual) {
        var value = object.path(name);
        return value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : usual;
    }
}
