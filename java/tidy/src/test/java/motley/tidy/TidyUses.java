package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Who may use what: the "only" rules of the architecture, read from class files.
final class TidyUses {
    /// Packages, with those below them, that may ask for the time, chance and the environment: the
    /// shells around the functions that decide, and the connections between them.
    private static final List<String> SHELLS =
            List.of("motley.app", "motley.worker", "motley.coordinator", "motley.wire");

    private static final List<String> OUTSIDE_WORLD =
            List.of(
                    "java.time.Instant.now",
                    "java.time.Clock.system",
                    "java.time.LocalDate.now",
                    "java.time.LocalDateTime.now",
                    "java.time.ZonedDateTime.now",
                    "java.lang.System.nanoTime",
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.getenv",
                    "java.lang.Thread.sleep",
                    "java.lang.Math.random",
                    "java.util.Random.<init>",
                    "java.util.UUID.randomUUID",
                    "java.util.concurrent.ThreadLocalRandom.current");

    private static final List<String> IMPURE =
            List.of(
                    "java.io.",
                    "java.net.",
                    "java.nio.file.",
                    "java.lang.Thread",
                    "java.time.Clock",
                    "java.util.Random",
                    "java.util.SplittableRandom",
                    "java.util.concurrent.",
                    "java.util.random.");

    private static final List<String> PLATFORM =
            List.of("java.", "javax.", "jdk.", "motley.", "org.jspecify.");

    /// One rule: which uses it forbids, and to whom.
    private record Rule(String name, Predicate<Uses> subject, List<String> forbidden) {
        List<String> violations(Uses uses) {
            if (!subject.test(uses)) return List.of();
            return TidyUses.used(uses).stream()
                    .filter(used -> forbidden.stream().anyMatch(used::startsWith))
                    .map(used -> "%s uses %s (%s)".formatted(uses.name(), used, name))
                    .toList();
        }
    }

    private static final List<Rule> RULES =
            List.of(
                    new Rule(
                            "only cpu and wire use the Vector API",
                            outside("motley.cpu", "motley.wire"),
                            List.of("jdk.incubator.vector.")),
                    new Rule(
                            "only wire and coordinator see generated messages",
                            outside("motley.wire", "motley.coordinator"),
                            List.of("motley.wire.v1.")),
                    new Rule(
                            "only shells ask for time, chance and the environment",
                            outside(SHELLS.toArray(String[]::new)),
                            OUTSIDE_WORLD),
                    new Rule(
                            "rounds decides and does nothing else",
                            outside("motley.rounds").negate(),
                            IMPURE));

    @Test
    void onlyRulesHold() throws IOException {
        var violations = new ArrayList<String>();
        for (var module : Tree.modules()) {
            for (var file : Tree.classFiles(module)) {
                violations.addAll(violations(Uses.read(file)));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void lowerRanksUseNoLibrary() throws IOException {
        var violations = new ArrayList<String>();
        for (var module : List.of("tensor", "program", "compiler", "nn", "rounds", "data")) {
            for (var file : Tree.classFiles(module)) {
                violations.addAll(libraries(Uses.read(file)));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void libraryIsFound() {
        assertThat(libraries(uses("motley.nn.Planted", "org.slf4j.Logger"))).hasSize(1);
        assertThat(libraries(uses("motley.nn.Planted", "org.jspecify.annotations.Nullable")))
                .isEmpty();
    }

    @Test
    void vectorsOutsideTheirPackagesAreFound() {
        var vector = "jdk.incubator.vector.FloatVector";
        assertThat(violations(uses("motley.nn.Planted", vector))).hasSize(1);
        assertThat(violations(uses("motley.cpus.Planted", vector))).hasSize(1);
        assertThat(violations(uses("motley.cpu.kernels.Dot", vector))).isEmpty();
    }

    @Test
    void generatedMessagesOutsideTheWireAreFound() {
        assertThat(violations(uses("motley.app.Planted", "motley.wire.v1.Hello"))).hasSize(1);
        assertThat(violations(uses("motley.wire.Hello", "motley.wire.v1.Hello"))).isEmpty();
    }

    @Test
    void mainOutsideTheAppIsFound() {
        var planted = new Uses("motley.cpu.Planted", new TreeSet<>(), new TreeSet<>(), true);
        assertThat(violations(planted)).containsExactly("motley.cpu.Planted has a main (only app)");
    }

    @Test
    void clockInADecisionIsFound() {
        assertThat(violations(uses("motley.nn.Planted", "java.time.Instant.now"))).hasSize(1);
        assertThat(violations(uses("motley.rounds.Planted", "java.lang.Thread"))).hasSize(1);
        assertThat(violations(uses("motley.worker.Shell", "java.time.Instant.now"))).isEmpty();
    }

    private static List<String> violations(Uses uses) {
        var violations = new ArrayList<String>();
        for (var rule : RULES) violations.addAll(rule.violations(uses));
        if (uses.hasMain() && !uses.packageName().startsWith("motley.app")) {
            violations.add(uses.name() + " has a main (only app)");
        }
        return violations;
    }

    private static List<String> libraries(Uses uses) {
        return uses.types().stream()
                .filter(type -> PLATFORM.stream().noneMatch(type::startsWith))
                .map(type -> uses.name() + " uses " + type)
                .toList();
    }

    private static SortedSet<String> used(Uses uses) {
        var used = new TreeSet<>(uses.types());
        used.addAll(uses.members());
        return used;
    }

    private static Predicate<Uses> outside(String... packages) {
        return uses ->
                List.of(packages).stream()
                        .noneMatch(allowed -> (uses.packageName() + ".").startsWith(allowed + "."));
    }

    private static Uses uses(String name, String... used) {
        return new Uses(name, new TreeSet<>(List.of(used)), new TreeSet<>(), false);
    }
}
