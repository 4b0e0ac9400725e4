package motley.compiler.schedule;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.RowMap;

/// Gathers loops and folds that go over the same rows into [Kernel.Rows].
///
/// Rule: a kernel joins the one before it if it reads what that one reads or writes, and if all
/// buffers written by the two are touched row by row. Unrelated kernels in between step aside. The
/// number of rows is the greatest that divides the outermost extents of all. No bit of any result
/// depends on the grouping, only what is in the cache when it is read.
final class RowGroups {
    /// How far behind a group another member is looked for: farther, its results would have to be
    /// kept for long.
    private static final int REACH = 8;

    /// Fewer rows are not worth a division among threads.
    private static final int ROWS_MIN = 8;

    /// Most points of one stage in one row: beyond, a row does not stay in the cache.
    private static final int ROW_POINTS_MAX = 1 << 15;

    private final List<Kernel> waiting;
    private final List<Kernel> done = new ArrayList<>();
    private final Set<Buffer> results;
    private final Map<Buffer, Integer> users = new HashMap<>();

    private RowGroups(List<Kernel> kernels, Set<Buffer> results) {
        this.waiting = new ArrayList<>(kernels);
        this.results = results;
        for (var kernel : kernels) {
            for (var buffer : touched(kernel)) users.merge(buffer, 1, Integer::sum);
        }
    }

    /// The same work in fewer kernels.
    ///
    /// @param results buffers that are read after the last kernel
    static List<Kernel> gather(List<Kernel> kernels, Set<Buffer> results) {
        return new RowGroups(kernels, results).run();
    }

    private List<Kernel> run() {
        while (!waiting.isEmpty()) {
            var first = waiting.removeFirst();
            if (first instanceof Kernel.Stage stage && hasRows(stage)) done.add(grown(stage));
            else done.add(first);
        }
        return done;
    }

    private static boolean hasRows(Kernel.Stage stage) {
        return switch (stage) {
            case Kernel.Loop _ -> true;
            case Kernel.Fold fold -> fold.kept() > 0;
        };
    }

    /// `first` with all that joins it.
    private Kernel grown(Kernel.Stage first) {
        var group = Optional.of(new Group(List.of(first), first.extents().getFirst()));
        var skipped = new ArrayList<Kernel>();
        int next = 0;
        while (next < waiting.size() && skipped.size() < REACH) {
            var candidate = waiting.get(next);
            var larger = joined(group.get(), candidate, skipped);
            if (larger.isPresent()) {
                group = larger;
                waiting.remove(next);
            } else {
                skipped.add(candidate);
                next++;
            }
        }
        return group.get().stages.size() == 1 ? first : kernel(group.get());
    }

    private Optional<Group> joined(Group group, Kernel candidate, List<Kernel> skipped) {
        if (!(candidate instanceof Kernel.Stage stage) || !hasRows(stage)) return Optional.empty();
        if (skipped.stream().anyMatch(s -> conflict(s, stage))) return Optional.empty();
        return group.with(stage);
    }

    /// Whether `later` cannot run before `earlier`.
    private static boolean conflict(Kernel earlier, Kernel later) {
        var written = earlier.writes();
        return later.reads().stream().anyMatch(written::contains)
                || later.writes().stream().anyMatch(touched(earlier)::contains);
    }

    private static Set<Buffer> touched(Kernel kernel) {
        var buffers = new LinkedHashSet<>(kernel.reads());
        buffers.addAll(kernel.writes());
        return buffers;
    }

    private Kernel kernel(Group group) {
        var uses = new HashMap<Buffer, Integer>();
        var written = new LinkedHashSet<Buffer>();
        for (var stage : group.stages) {
            for (var buffer : touched(stage)) uses.merge(buffer, 1, Integer::sum);
            written.addAll(stage.writes());
        }
        var locals =
                written.stream()
                        .filter(
                                b ->
                                        !results.contains(b)
                                                && Objects.equals(uses.get(b), users.get(b)))
                        .toList();
        var stages = group.stages.stream().map(s -> Axes.byRows(s, group.rows)).toList();
        return new Kernel.Rows(group.rows, stages, locals);
    }

    /// Stages that share their rows.
    private record Group(List<Kernel.Stage> stages, int rows) {
        Optional<Group> with(Kernel.Stage stage) {
            int common = greatestDivisor(rows, stage.extents().getFirst());
            if (common < ROWS_MIN || !shares(stage)) return Optional.empty();
            var all = new ArrayList<>(stages);
            all.add(stage);
            var larger = new Group(all, common);
            return larger.isSmall() && larger.isByRows() ? Optional.of(larger) : Optional.empty();
        }

        private static int greatestDivisor(int x, int y) {
            return BigInteger.valueOf(x).gcd(BigInteger.valueOf(y)).intValue();
        }

        /// Whether `stage` reads what is in the cache after these stages.
        private boolean shares(Kernel.Stage stage) {
            var near = new HashSet<Buffer>();
            stages.forEach(s -> near.addAll(touched(s)));
            return stage.reads().stream().anyMatch(b -> b.elements() >= rows && near.contains(b));
        }

        private boolean isSmall() {
            for (var stage : stages) {
                long points = 1;
                for (int extent : stage.extents()) points *= extent;
                if (points / rows > ROW_POINTS_MAX) return false;
            }
            return true;
        }

        private boolean isByRows() {
            var written = new HashSet<Buffer>();
            stages.forEach(s -> written.addAll(s.writes()));
            for (var stage : stages) {
                for (var buffer : written) {
                    if (!RowMap.byRows(stage, buffer, rows)) return false;
                }
            }
            return true;
        }
    }
}
