package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import motley.coordinator.access.Person;
import motley.coordinator.http.FieldError;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.storage.BlobStore;
import motley.nn.Optimizers;
import motley.nn.Schedules;

/// Finds everything that is wrong with a project, and what would be right.
///
/// A run's request knows what it does not take, and says the first such field. So it is asked again
/// and again, each time with the last wrong field mended as proposed, or left out: one set of rules
/// for projects and runs, every error, and no proposal that has not been tried.
final class ProjectCheck {
    private static final String BODY = "body";

    /// More than there are fields.
    private static final int ERRORS_MAX = 50;

    /// Stand in for what is missing, so that the rest can be looked at.
    private static final String MODEL = "mnist-mlp";

    private static final int SAMPLES = 1 << 20;

    /// Fields whose parts are named by errors about them.
    private static final Set<String> COMPOSED = Set.of("optimizer", "schedule", "outer");

    private final RequestReader reader;
    private final BlobStore blobs;

    ProjectCheck(RequestReader reader, BlobStore blobs) {
        this.reader = reader;
        this.blobs = blobs;
    }

    /// What came of it.
    ///
    /// @param plan of the run; empty where something is wrong or missing
    /// @param errors what is, in the order it was found
    record Found(Optional<RunPlan> plan, List<FieldError> errors) {
        /// Of what is not looked at any more.
        static final Found NOTHING = new Found(Optional.empty(), List.of());

        Found {
            errors = List.copyOf(errors);
        }

        /// The same with one more error.
        Found and(FieldError more) {
            var all = new ArrayList<>(errors);
            all.add(more);
            return new Found(Optional.empty(), all);
        }

        /// Whether what is there is right, whatever is not there.
        List<FieldError> wrong() {
            return errors.stream()
                    .filter(error -> error.value().isPresent() || error.field().equals(BODY))
                    .toList();
        }
    }

    /// Looks at a project as it would start at `nowMs` for `person`.
    Found look(ObjectNode fields, Person person, long nowMs) {
        var errors = new ArrayList<FieldError>();
        unknown(fields, errors);
        ProjectFields.name(fields)
                .ifPresent(
                        text ->
                                errors.add(
                                        FieldError.of(text)
                                                .with(given(fields, "name"), Optional.empty())));
        errors.addAll(ProjectFields.times(fields, nowMs));
        var known = fields.deepCopy().retain(ProjectFields.names());
        return new Search(known, person, errors).found();
    }

    private static void unknown(ObjectNode fields, List<FieldError> errors) {
        var names = ProjectFields.names();
        for (var field : fields.properties()) {
            if (names.contains(field.getKey())) continue;
            var expected = "no such field; one of " + String.join(", ", names);
            errors.add(
                    new FieldError(
                            field.getKey(),
                            Optional.of(field.getValue()),
                            expected,
                            Optional.of(FieldError.NOTHING)));
        }
    }

    private static Optional<JsonNode> given(ObjectNode fields, String name) {
        var value = name.isEmpty() ? null : fields.at("/" + name.replace('.', '/'));
        return Optional.ofNullable(value).filter(found -> !found.isMissingNode());
    }

    /// Puts what is stored in place of its name.
    private interface Filling {
        void run() throws IOException;
    }

    /// One look at one project.
    private final class Search {
        private final ObjectNode fields;
        private final Person person;
        private final List<FieldError> errors;
        private final Map<String, Integer> tries = new HashMap<>();
        private final Set<String> lent = new HashSet<>();

        /// Whether model and data are those of the project, and fit to be looked at together.
        private boolean isWhole;

        /// The fields as mended so far.
        private ObjectNode mended;

        Search(ObjectNode fields, Person person, List<FieldError> errors) {
            this.fields = fields;
            this.person = person;
            this.errors = errors;
            mended = fields.deepCopy();
        }

        Found found() {
            boolean hasModel = hasModel();
            isWhole = hasDataset() && hasModel;
            for (int i = 0; i < ERRORS_MAX; i++) {
                var plan = attempt();
                if (plan.isEmpty()) continue;
                boolean isRight = errors.isEmpty() && isWhole;
                return new Found(plan.filter(_ -> isRight), errors);
            }
            return new Found(Optional.empty(), errors);
        }

        private boolean hasModel() {
            if (!mended.has("model")) {
                errors.add(FieldError.of("model: missing (expected: a name or a description)"));
            } else if (isFilled("model", () -> reader.fillModel(person, mended, lent))) {
                return true;
            }
            mended.put("model", MODEL);
            return false;
        }

        private boolean hasDataset() {
            var named = mended.path("dataset");
            if (named.isTextual()) mended.putObject("dataset").put("stored", named.textValue());
            if (!mended.has("dataset")) {
                var text = "dataset: missing (expected: {\"stored\": NAME}, or blobs)";
                errors.add(FieldError.of(text));
            } else if (isFilled("dataset", () -> reader.fillDataset(person, mended))) {
                return true;
            }
            mended.set("dataset", standIn());
            return false;
        }

        /// Whether what is stored could be found; notes an error if not.
        private boolean isFilled(String field, Filling filling) {
            try {
                filling.run();
                return true;
            } catch (Problem | IllegalArgumentException | IOException e) {
                var said = FieldError.of(String.valueOf(e.getMessage()));
                var named =
                        new FieldError(field, Optional.empty(), said.expected(), Optional.empty());
                errors.add(named.with(given(fields, field), Optional.empty()));
                return false;
            }
        }

        /// @return the plan of the fields as mended; empty if something more was wrong with them
        private Optional<RunPlan> attempt() {
            var run = ProjectFields.ofRun(mended);
            var samples = mended.path("dataset");
            int all = samples.path("trainSamples").asInt(SAMPLES);
            int train = ProjectFields.learned(mended, all);
            var more = ProjectFields.cut(mended, run, isWhole ? train : 0);
            if (more.isPresent()) {
                mend(more.get());
                return Optional.empty();
            }
            try {
                var request = RunRequestJson.parse(run.toString());
                var plan = RunPlan.of(request);
                if (isWhole) {
                    reader.requireMine(request, person, lent);
                    Deposits.requireFit(request, request.model(), blobs);
                }
                return Optional.of(plan);
            } catch (IllegalArgumentException | UncheckedIOException e) {
                mend(explained(String.valueOf(e.getMessage()), run, train));
                return Optional.empty();
            }
        }

        private FieldError explained(String message, ObjectNode run, int train) {
            var said = FieldError.of(message);
            var names = ProjectFields.names();
            boolean isKnown = names.contains(said.field()) || said.field().startsWith("dataset.");
            var field = isKnown ? said.field() : composed(message, run);
            var named = new FieldError(field, Optional.empty(), said.expected(), Optional.empty());
            return named.with(given(fields, field), ProjectProposals.of(field, run, train));
        }

        /// The field that an error is about which names a part of it.
        private static String composed(String message, ObjectNode run) {
            for (var field : COMPOSED) {
                var text = run.path(field).asText("");
                Consumer<String> reader =
                        field.equals("schedule") ? t -> Schedules.named(t, 1) : Optimizers::named;
                try {
                    if (!text.isEmpty()) reader.accept(text);
                } catch (IllegalArgumentException e) {
                    if (message.equals(e.getMessage())) return field;
                }
            }
            return message.startsWith("classes") ? "model" : BODY;
        }

        /// Notes an error and goes on as if it were mended.
        private void mend(FieldError error) {
            int tried = tries.merge(error.field(), 1, Integer::sum);
            if (tried == 1) {
                errors.add(error.with(given(fields, error.field()), error.proposal()));
            } else {
                retract(error.field());
            }
            var better = error.proposal();
            if (tried == 1 && better.isPresent() && !better.get().isNull()) {
                mended.set(error.field(), better.get());
            } else if (mended.has(error.field()) && tried <= 2) {
                leaveOut(error.field());
            } else {
                giveUp(error.field());
            }
        }

        /// What was proposed has not helped.
        private void retract(String field) {
            errors.replaceAll(
                    known -> known.field().equals(field) ? known.withoutProposal() : known);
        }

        private void leaveOut(String field) {
            isWhole &= !field.equals("model") && !field.equals("dataset");
            switch (field) {
                case "model" -> mended.put("model", MODEL);
                case "dataset" -> mended.set("dataset", standIn());
                default -> mended.remove(field);
            }
        }

        /// It is wrong in a way that no single field mends: looks at the rest with other data.
        private void giveUp(String field) {
            boolean isOfData = field.startsWith("dataset") || field.equals(BODY);
            isWhole = false;
            mended.set("dataset", standIn());
            if (!isOfData) mended.put("model", MODEL);
        }

        private static ObjectNode standIn() {
            return Reply.object()
                    .put("index", "0".repeat(64))
                    .put("trainSamples", SAMPLES)
                    .put("testSamples", 0);
        }
    }
}
