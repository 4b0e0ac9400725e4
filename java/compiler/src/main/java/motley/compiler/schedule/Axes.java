package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;

/// Rewrites the axes of loops without changing what they compute: fewer and longer ones run faster.
final class Axes {
    private Axes() {}

    /// Joins neighbouring axes that every index map walks as one, and drops axes of size 1.
    static Kernel.Loop collapse(Kernel.Loop loop) {
        var groups = groups(loop.extents(), maps(loop.nodes(), loop.stores()), -1);
        var stores =
                loop.stores().stream().map(s -> new Store(pick(s.to(), groups), s.node())).toList();
        return new Kernel.Loop(sizes(loop.extents(), groups), pick(loop.nodes(), groups), stores);
    }

    /// As for loops; kept axes join kept ones only, and at least one folded axis remains.
    static Kernel.Fold collapse(Kernel.Fold fold) {
        var extents = fold.extents();
        var to = new Store(widen(fold.to().to(), extents.size()), fold.to().node());
        var groups = groups(extents, maps(fold.nodes(), List.of(to)), fold.kept());
        int kept = (int) groups.stream().filter(g -> g.getLast() < fold.kept()).count();
        var picked = pick(to.to(), groups);
        var narrow = picked.with(picked.offset(), picked.strides().subList(0, kept));
        return new Kernel.Fold(
                fold.kind(),
                sizes(extents, groups),
                kept,
                fold.byLanes(),
                pick(fold.nodes(), groups),
                new Store(narrow, to.node()));
    }

    /// `stage` with its outermost axis cut so that it has extent `rows`, which divides it.
    static Kernel.Stage byRows(Kernel.Stage stage, int rows) {
        int part = stage.extents().getFirst() / rows;
        if (part == 1) return stage;
        return switch (stage) {
            case Kernel.Loop(var extents, var nodes, var stores) ->
                    new Kernel.Loop(
                            cut(extents, rows, part),
                            nodes.stream().map(n -> cut(n, part)).toList(),
                            stores.stream().map(s -> cut(s, part)).toList());
            case Kernel.Fold(var kind, var extents, int kept, var byLanes, var nodes, var to) ->
                    new Kernel.Fold(
                            kind,
                            cut(extents, rows, part),
                            kept + 1,
                            byLanes,
                            nodes.stream().map(n -> cut(n, part)).toList(),
                            cut(to, part));
        };
    }

    private static List<Integer> cut(List<Integer> extents, int rows, int part) {
        var parts = new ArrayList<>(extents);
        parts.set(0, part);
        parts.addFirst(rows);
        return parts;
    }

    private static Node cut(Node node, int part) {
        return switch (node) {
            case Node.Load(var access) -> new Node.Load(cut(access, part));
            case Node.Index(int offset, var strides) ->
                    new Node.Index(offset, cutStrides(strides, part));
            case Node.Constant c -> c;
            case Node.Apply a -> a;
        };
    }

    private static Store cut(Store store, int part) {
        return new Store(cut(store.to(), part), store.node());
    }

    private static Access cut(Access access, int part) {
        return access.with(access.offset(), cutStrides(access.strides(), part));
    }

    private static List<Integer> cutStrides(List<Integer> strides, int part) {
        var steps = new ArrayList<>(strides);
        steps.addFirst(strides.getFirst() * part);
        return steps;
    }

    private static Access widen(Access access, int rank) {
        var strides = new ArrayList<>(access.strides());
        while (strides.size() < rank) strides.add(0);
        return access.with(access.offset(), strides);
    }

    private static List<List<Integer>> maps(List<Node> nodes, List<Store> stores) {
        var maps = new ArrayList<List<Integer>>();
        for (var node : nodes) {
            switch (node) {
                case Node.Load(var access) -> maps.add(access.strides());
                case Node.Index index -> maps.add(index.strides());
                case Node.Constant _, Node.Apply _ -> {}
            }
        }
        stores.forEach(s -> maps.add(s.to().strides()));
        return maps;
    }

    /// Axes that become one, outermost first. No group spans `border` unless it is negative.
    private static List<List<Integer>> groups(
            List<Integer> extents, List<List<Integer>> maps, int border) {
        var groups = new ArrayList<List<Integer>>();
        for (int axis = 0; axis < extents.size(); axis++) {
            if (extents.get(axis) == 1) continue;
            boolean joins =
                    !groups.isEmpty()
                            && (border < 0
                                    || (groups.getLast().getLast() < border) == (axis < border))
                            && continues(groups.getLast().getLast(), axis, extents, maps);
            if (joins) groups.getLast().add(axis);
            else groups.add(new ArrayList<>(List.of(axis)));
        }
        boolean needsLast = groups.isEmpty() || groups.getLast().getLast() < border;
        if (needsLast && !extents.isEmpty()) groups.add(List.of(extents.size() - 1));
        return groups;
    }

    private static boolean continues(
            int outer, int inner, List<Integer> extents, List<List<Integer>> maps) {
        for (var map : maps) {
            if (map.get(outer) != map.get(inner) * extents.get(inner)) return false;
        }
        return true;
    }

    private static List<Integer> sizes(List<Integer> extents, List<List<Integer>> groups) {
        if (extents.isEmpty()) return List.of(1);
        return groups.stream()
                .map(g -> g.stream().map(extents::get).reduce(1, (a, b) -> a * b))
                .toList();
    }

    private static List<Node> pick(List<Node> nodes, List<List<Integer>> groups) {
        return nodes.stream().map(n -> pick(n, groups)).toList();
    }

    private static Node pick(Node node, List<List<Integer>> groups) {
        return switch (node) {
            case Node.Load(var access) -> new Node.Load(pick(access, groups));
            case Node.Index(int offset, var strides) ->
                    new Node.Index(offset, pickStrides(strides, groups));
            case Node.Constant c -> c;
            case Node.Apply a -> a;
        };
    }

    private static Access pick(Access access, List<List<Integer>> groups) {
        return access.with(access.offset(), pickStrides(access.strides(), groups));
    }

    private static List<Integer> pickStrides(List<Integer> strides, List<List<Integer>> groups) {
        if (strides.isEmpty()) return List.of(0);
        return groups.stream().map(g -> strides.get(g.getLast())).toList();
    }

    /// The nodes with axis `i` of their maps taken from axis `order.get(i)`.
    static List<Node> reorder(List<Node> nodes, List<Integer> order) {
        var groups = order.stream().map(List::of).toList();
        return order.isEmpty() ? nodes : pick(nodes, groups);
    }
}
