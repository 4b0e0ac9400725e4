package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Packages do not depend on each other in a circle. Module descriptors forbid that between
/// modules; nothing but this forbids it inside one.
final class TidyPackages {
    /// Written by the protocol compiler, not by us.
    private static final String GENERATED = "motley.wire.v1";

    @Test
    void packagesHaveNoCycle() throws IOException {
        var classes = new ArrayList<Uses>();
        for (var module : Tree.modules()) {
            for (var file : Tree.classFiles(module)) classes.add(Uses.read(file));
        }
        assertThat(cycle(packages(classes))).isEmpty();
    }

    @Test
    void cycleIsFound() {
        var classes = List.of(uses("motley.a.A", "motley.b.B"), uses("motley.b.C", "motley.a.D"));
        assertThat(cycle(packages(classes))).contains(List.of("motley.a", "motley.b"));
    }

    @Test
    void diamondIsNoCycle() {
        var classes =
                List.of(
                        uses("motley.a.A", "motley.b.B", "motley.c.C"),
                        uses("motley.b.B", "motley.d.D"),
                        uses("motley.c.C", "motley.d.D"));
        assertThat(cycle(packages(classes))).isEmpty();
    }

    private static Uses uses(String name, String... types) {
        return new Uses(name, new TreeSet<>(List.of(types)), new TreeSet<>(), false);
    }

    private static SortedMap<String, SortedSet<String>> packages(Collection<Uses> classes) {
        var graph = new TreeMap<String, SortedSet<String>>();
        for (var uses : classes) {
            var from = uses.packageName();
            var to = graph.computeIfAbsent(from, _ -> new TreeSet<>());
            for (var type : uses.types()) {
                var other = Uses.packageOf(type);
                if (type.startsWith("motley.") && !other.equals(from)) to.add(other);
            }
        }
        graph.remove(GENERATED);
        return graph;
    }

    /// Some cycle, if there is one.
    private static Optional<List<String>> cycle(SortedMap<String, SortedSet<String>> graph) {
        var done = new TreeSet<String>();
        return graph.keySet().stream()
                .map(start -> cycleFrom(start, graph, new ArrayList<>(), done))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<List<String>> cycleFrom(
            String at,
            SortedMap<String, SortedSet<String>> graph,
            List<String> path,
            Set<String> done) {
        int seen = path.indexOf(at);
        if (seen >= 0) return Optional.of(List.copyOf(path.subList(seen, path.size())));
        if (!done.add(at)) return Optional.empty();
        path.add(at);
        for (var next : graph.getOrDefault(at, new TreeSet<>())) {
            var found = cycleFrom(next, graph, path, done);
            if (found.isPresent()) return found;
        }
        path.removeLast();
        return Optional.empty();
    }
}
