package motley.program.reference;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import motley.program.Window;

/// Error bounds of operations that choose the largest element of a group.
///
/// A group is open if errors leave more than one candidate; what depends on the choice is then
/// bounded over all candidates. Ties of exact elements are not open: the first one wins.
final class ChoiceBound {
    private final Values high;
    private final double[] floors;
    private final int[] winners;
    private final boolean[] open;

    /// @param groups says which element belongs to which of `count` groups
    ChoiceBound(Enclosure x, int count, Consumer<Grid.Pairing> groups) {
        var low = x.low();
        high = x.high();
        floors = new double[count];
        winners = new int[count];
        open = new boolean[count];
        Arrays.fill(floors, Double.NEGATIVE_INFINITY);
        Arrays.fill(winners, -1);
        groups.accept(
                (i, o) -> {
                    int best = winners[o];
                    var values = x.center();
                    boolean wins = best < 0;
                    if (!wins) wins = ReductionReference.beats(values.get(i), values.get(best));
                    if (wins) winners[o] = i;
                    floors[o] = Math.max(floors[o], low.get(i));
                });
        groups.accept(
                (i, o) -> {
                    boolean rival = i != winners[o] && high.get(i) >= floors[o];
                    double errors = x.radius().get(i) + x.radius().get(winners[o]);
                    open[o] |= rival && errors > 0;
                });
    }

    boolean mayWin(int member, int group) {
        return open[group] ? high.get(member) >= floors[group] : member == winners[group];
    }

    boolean open(int group) {
        return open[group];
    }

    /// The distance to the farthest element that may be the largest.
    static Values argMax(int axis, Enclosure x, Values y) {
        var shape = x.center().type().shape();
        Consumer<Grid.Pairing> groups = v -> Grid.forEachFolded(shape, List.of(axis), v);
        var choice = new ChoiceBound(x, y.count(), groups);
        var radius = new double[y.count()];
        int stride = shape.strides()[axis];
        groups.accept(
                (i, o) -> {
                    double distance = Math.abs(i / stride % shape.dim(axis) - y.get(o));
                    if (choice.mayWin(i, o)) radius[o] = Math.max(radius[o], distance);
                });
        return Values.owning(ErrorBound.floats(y), radius);
    }

    /// The error of the element picked, or of whichever else may be picked.
    static Values maxPoolPick(Window window, Enclosure x, Enclosure t, Values y) {
        Consumer<Grid.Pairing> groups = covered(window, x, y);
        var choice = new ChoiceBound(x, y.count(), groups);
        var radius = new double[y.count()];
        groups.accept(
                (i, o) -> {
                    double error = Math.abs(t.center().get(i) - y.get(o)) + t.radius().get(i);
                    if (choice.mayWin(i, o)) radius[o] = Math.max(radius[o], error);
                });
        return Values.owning(y.type(), radius);
    }

    /// Every element that may win an open window may get or miss the whole cotangent.
    static Values maxPoolGradient(Window window, Enclosure x, Enclosure dy, Accuracy accuracy) {
        Consumer<Grid.Pairing> groups = covered(window, x, dy.center());
        var choice = new ChoiceBound(x, dy.center().count(), groups);
        var whole = dy.magnitude();
        var radius = new double[x.center().count()];
        var magnitude = new double[radius.length];
        var terms = new int[radius.length];
        groups.accept(
                (i, o) -> {
                    if (!choice.mayWin(i, o)) return;
                    radius[i] += choice.open[o] ? whole.get(o) : dy.radius().get(o);
                    magnitude[i] += whole.get(o);
                    terms[i]++;
                });
        for (int i = 0; i < radius.length; i++) {
            radius[i] += accuracy.sum(Math.max(0, terms[i] - 1), magnitude[i]);
        }
        return Values.owning(x.radius().type(), radius);
    }

    private static Consumer<Grid.Pairing> covered(Window window, Enclosure x, Values windows) {
        var images = x.center().type().shape();
        return v -> WindowedReference.forEachCovered(window, images, windows.type().shape(), v);
    }
}
