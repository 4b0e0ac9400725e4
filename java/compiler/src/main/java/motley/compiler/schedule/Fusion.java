package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;
import motley.tensor.Shape;

/// Decides which equations share a kernel.
///
/// An element-wise equation joins the fused loop that makes one of its operands, when every operand
/// can be read at the loop's points and no cycle of kernels results; loops that one equation
/// connects become one. Movement that is only another index map costs nothing: it is a [View].
final class Fusion {
    /// Most primitives in one loop, about: generated code must stay below the size up to which the
    /// JVM compiles a method.
    static final int WEIGHT_MAX = 130;

    private final Map<Var, View> views = new HashMap<>();
    private final Map<Var, Equation> definitions = new HashMap<>();
    private final Map<Var, Step> makers = new LinkedHashMap<>();
    private final Set<Step> steps = new LinkedHashSet<>();
    private final Program program;
    private final Epilogues epilogues;
    private final Precedence precedence = new Precedence();
    private final Layouts layouts;

    private Fusion(Program program) {
        this.program = program;
        epilogues = Epilogues.of(program);
        layouts = Layouts.of(program);
    }

    /// Assigns every equation of `program`.
    static Fusion of(Program program) {
        var fusion = new Fusion(program);
        program.params().forEach(p -> fusion.views.put(p, View.whole(p)));
        for (int i = 0; i < program.equations().size(); i++) {
            fusion.assign(i, program.equations().get(i));
        }
        return fusion;
    }

    View view(Var v) {
        var view = views.get(v);
        if (view == null) throw new IllegalStateException("no view of " + v);
        return view;
    }

    /// The equation that defines the base of a view, unless it is a param.
    Optional<Equation> definition(Var base) {
        return Optional.ofNullable(definitions.get(base));
    }

    Epilogues epilogues() {
        return epilogues;
    }

    Optional<Step> maker(Var base) {
        return Optional.ofNullable(makers.get(base));
    }

    /// Steps in an order in which each comes after those it reads from, close to the program's.
    List<Step> ordered() {
        var waiting = new HashMap<Step, Integer>();
        var readers = new HashMap<Step, List<Step>>();
        var ready = new PriorityQueue<Step>(Comparator.comparingInt(Step::last));
        for (var step : steps) {
            var before = before(step);
            waiting.put(step, before.size());
            for (var b : before) readers.computeIfAbsent(b, _ -> new ArrayList<>()).add(step);
            if (before.isEmpty()) ready.add(step);
        }
        var order = new ArrayList<Step>();
        while (!ready.isEmpty()) {
            var step = ready.remove();
            order.add(step);
            for (var reader : readers.getOrDefault(step, List.of())) {
                if (waiting.merge(reader, -1, Integer::sum) == 0) ready.add(reader);
            }
        }
        if (order.size() != steps.size()) throw new IllegalStateException("cycle of kernels");
        return order;
    }

    private void assign(int position, Equation e) {
        definitions.put(e.out(), e);
        var moved = moved(e);
        views.put(e.out(), moved.orElseGet(() -> layouts.view(e)));
        boolean formula = e.op() instanceof Op.Fill || e.op() instanceof Op.Iota;
        if (moved.isPresent() || formula) return;
        var root = epilogues.root(e.out());
        if (root.isPresent()) {
            // Nobody else reads what the convolution has made so far, so this closes no cycle.
            include(position, e, maker(root.get()).orElseThrow());
            return;
        }
        var step = points(e).flatMap(points -> joinable(e, points)).orElseGet(() -> create(e));
        include(position, e, step);
        for (var other : operandMakers(e)) mergeInto(step, other, e);
    }

    private void include(int position, Equation e, Step step) {
        precedence.add(step, operandMakers(e));
        step.add(position, e);
        makers.put(e.out(), step);
    }

    private Step create(Equation e) {
        var step = new Step(points(e));
        steps.add(step);
        precedence.declare(step);
        return step;
    }

    /// The view that `e` is, if it only moves.
    private Optional<View> moved(Equation e) {
        return switch (e.op()) {
            case Op.Iota(_, int axis) -> Optional.of(View.counting(e.out(), axis));
            case Op.Reshape(var shape) -> operand(e).reshape(shape);
            case Op.Transpose(var permutation) -> Optional.of(operand(e).transpose(permutation));
            case Op.Broadcast(var shape, var axes) ->
                    Optional.of(operand(e).broadcast(shape, axes));
            case Op.Slice s -> Optional.of(operand(e).slice(s, e.out().type().shape()));
            case Op.Reverse(var axes) -> Optional.of(operand(e).reverse(axes));
            case Op.Reduce _ -> {
                var x = operand(e);
                boolean nothingFolded = x.shape().count() == e.out().type().shape().count();
                yield nothingFolded ? x.reshape(e.out().type().shape()) : Optional.empty();
            }
            case Op.Elementwise _, Op.Pad _, Op.Concatenate _, Op.ArgMax _, Op.Windowed _ ->
                    Optional.empty();
            case Op.Contraction _, Op.Indexing _, Op.Fill _, Op.RandomUniform _ -> Optional.empty();
        };
    }

    private View operand(Equation e) {
        return view(e.in().getFirst());
    }

    /// The points of the loop that computes `e`, if it is element-wise or a copy.
    static Optional<Shape> points(Equation e) {
        return switch (e.op()) {
            case Op.Elementwise _, Op.OneHot _ -> Optional.of(e.out().type().shape());
            case Op.Reshape _ -> Optional.of(e.in().getFirst().type().shape());
            case Op.Reduce r when r.axes().isEmpty() || folds1(e) ->
                    Optional.of(e.in().getFirst().type().shape());
            case Op.Movement _, Op.Reduction _, Op.Windowed _, Op.Contraction _ -> Optional.empty();
            case Op.Indexing _, Op.Source _ -> Optional.empty();
        };
    }

    private static boolean folds1(Equation e) {
        return e.in().getFirst().type().shape().count() == e.out().type().shape().count();
    }

    /// How the points of a loop read operand number `i` of `e`, if they can.
    Optional<View> read(Equation e, int i, Shape points) {
        var view = view(e.in().get(i));
        if (e.op() instanceof Op.OneHot) {
            var axes = new ArrayList<Integer>();
            for (int axis = 0; axis < view.shape().rank(); axis++) axes.add(axis);
            view = view.broadcast(e.out().type().shape(), axes);
        }
        return view.reshape(points);
    }

    private Optional<Step> joinable(Equation e, Shape points) {
        Optional<Step> best = Optional.empty();
        for (var step : operandMakers(e)) {
            if (canJoin(e, points, step)) best = Optional.of(step);
        }
        return best;
    }

    private boolean canJoin(Equation e, Shape points, Step step) {
        boolean fits =
                step.points().isPresent()
                        && step.points().get().count() == points.count()
                        && step.weight() + Step.weight(e.op()) <= WEIGHT_MAX
                        && readable(e, step);
        if (!fits) return false;
        return operandMakers(e).stream().noneMatch(m -> m != step && precedence.reaches(m, step));
    }

    /// Whether the points of `step` can read all operands of `e`: those it makes itself at the same
    /// point, the others through an index map.
    private boolean readable(Equation e, Step step) {
        var points = step.points().orElseThrow();
        for (int i = 0; i < e.in().size(); i++) {
            var view = read(e, i, points);
            if (view.isEmpty()) return false;
            boolean own = makers.get(view.get().base()) == step;
            if (own && !view.get().isWhole()) return false;
        }
        return true;
    }

    private void mergeInto(Step step, Step other, Equation link) {
        boolean possible =
                other != step
                        && steps.contains(other)
                        && step.points().isPresent()
                        && other.points().isPresent()
                        && step.points().get().count() == other.points().get().count()
                        && step.weight() + other.weight() <= WEIGHT_MAX
                        && readsWhole(link, other);
        if (!possible) return;
        var points = step.points().orElseThrow();
        for (var e : other.members()) {
            for (int i = 0; i < e.in().size(); i++) {
                if (read(e, i, points).isEmpty()) return;
            }
        }
        if (dependsIndirectly(step, other) || precedence.reaches(other, step)) return;
        step.addAll(other);
        precedence.merge(step, other);
        for (var e : other.members()) makers.put(e.out(), step);
        steps.remove(other);
    }

    private boolean readsWhole(Equation e, Step maker) {
        return e.in().stream()
                .map(this::view)
                .filter(v -> makers.get(v.base()) == maker)
                .allMatch(View::isWhole);
    }

    /// Whether `step` needs `other` in another way than reading its values point by point.
    private boolean dependsIndirectly(Step step, Step other) {
        for (var e : step.members()) {
            if (!readsWhole(e, other)) return true;
        }
        return before(step).stream().anyMatch(b -> b != other && precedence.reaches(b, other));
    }

    private Set<Step> before(Step step) {
        var before = new LinkedHashSet<Step>();
        for (var e : step.members()) before.addAll(operandMakers(e));
        before.remove(step);
        return before;
    }

    private Set<Step> operandMakers(Equation e) {
        var found = new LinkedHashSet<Step>();
        for (var v : e.in()) {
            var step = makers.get(view(v).base());
            if (step != null) found.add(step);
        }
        return found;
    }

    /// For each base, how many equations outside its own step read it, or results are it.
    Map<Var, Integer> outsideUses() {
        var uses = new HashMap<Var, Integer>();
        for (var e : program.equations()) {
            var step = makers.get(e.out());
            if (step == null) continue;
            for (var v : e.in()) {
                var base = view(v).base();
                if (makers.get(base) != step) uses.merge(base, 1, Integer::sum);
            }
        }
        for (var result : program.results()) uses.merge(view(result).base(), 1, Integer::sum);
        return uses;
    }
}
