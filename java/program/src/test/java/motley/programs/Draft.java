package motley.programs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import motley.program.Cost;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.TypeRules;
import motley.program.Var;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A random program under construction, evaluated as it grows: what an operation would give decides
/// whether it is kept. So values stay finite, within the domains of later operations and, where the
/// options ask for it, away from kinks.
final class Draft {
    /// A short axis; half of them are.
    private static final int SHORT = 5;

    private final SplittableRandom random;
    private final Options options;
    private final List<Var> params = new ArrayList<>();
    private final List<Equation> equations = new ArrayList<>();
    private final List<Var> values = new ArrayList<>();
    private final Map<Var, Enclosure> enclosures = new HashMap<>();

    Draft(SplittableRandom random, Options options) {
        this.random = random;
        this.options = options;
    }

    /// The program so far; its results are all values that nothing uses.
    Sample build() {
        var b = new ProgramBuilder();
        var built = new HashMap<Var, Var>();
        for (var param : params) built.put(param, b.param(param.type()));
        for (var e : equations) {
            built.put(
                    e.out(), b.apply(e.op(), e.in().stream().map(built::get).toArray(Var[]::new)));
        }
        var results = equations.stream().map(Equation::out).filter(this::unused).map(built::get);
        var operands = params.stream().map(p -> enclosures.get(p).center()).toList();
        return new Sample(b.build(results.toList()), operands);
    }

    int size() {
        return equations.size();
    }

    /// Appends `op(in…)` if its result is one that the options allow.
    void apply(Op op, Var... in) {
        var operands = List.of(in);
        var type = TypeRules.infer(op, operands.stream().map(Var::type).toList());
        if (!affordable(new Equation(new Var(-1, type), op, operands))) return;
        var known = operands.stream().map(enclosures::get).toList();
        var result = ErrorBound.apply(op, known, type, options.accuracy());
        if (!allowed(result) || (options.smooth() && Kinks.near(op, known))) return;
        equations.add(new Equation(declare(type, result), op, operands));
    }

    private boolean affordable(Equation e) {
        var params = e.in().stream().distinct().toList();
        var cost = Cost.of(new Program(params, List.of(e), List.of(e.out())));
        return fits(e.out().type().shape().dims()) && cost.flops() <= options.extents().flopsMax();
    }

    /// Whether a value of these dimensions is small enough, and not of too many.
    boolean fits(List<Integer> dims) {
        if (dims.size() > Shape.RANK_MAX) return false;
        long count = 1;
        for (int dim : dims) count *= dim;
        return count <= options.extents().elementsMax();
    }

    // ---- Choices ---------------------------------------------------------------------------

    boolean coin() {
        return random.nextBoolean();
    }

    /// A number from `low` to `high`, both included.
    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    Shape shape(int rankMin, int rankMax) {
        var dims = new ArrayList<Integer>();
        int left = options.extents().elementsMax();
        for (int axis = between(rankMin, rankMax); axis > 0; axis--) {
            dims.add(Math.min(left, dim()));
            left /= dims.getLast();
        }
        return new Shape(dims);
    }

    Shape shape() {
        return shape(0, options.extents().rankMax());
    }

    /// The size of an axis.
    int dim() {
        return between(1, coin() ? SHORT : options.extents().dimMax());
    }

    /// Some of the axes of `shape`, in order.
    List<Integer> someAxes(Shape shape) {
        return IntStream.range(0, shape.rank()).filter(_ -> coin()).boxed().toList();
    }

    /// The numbers below `count` in any order.
    List<Integer> shuffled(int count) {
        var order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order.get(i);
            order.set(i, order.get(other));
            order.set(other, kept);
        }
        return order;
    }

    // ---- Operands --------------------------------------------------------------------------

    /// A value of the element type, of any shape with at least `rankMin` axes.
    Var any(DType dtype, int rankMin) {
        return find(v -> v.type().dtype() == dtype && v.type().shape().rank() >= rankMin)
                .orElseGet(
                        () ->
                                param(
                                        new TensorType(
                                                dtype,
                                                shape(rankMin, options.extents().rankMax()))));
    }

    Var any(DType dtype) {
        return any(dtype, 0);
    }

    /// A value of exactly that type.
    Var like(TensorType type) {
        return find(v -> v.type().equals(type)).orElseGet(() -> param(type));
    }

    /// Like [#like], but another value than `other` unless there is no choice.
    Var like(TensorType type, Var other) {
        return find(v -> v.type().equals(type) && !v.equals(other)).orElseGet(() -> param(type));
    }

    /// An f32 value whose elements are all above `low`.
    Var above(double low) {
        return find(v -> v.type().dtype() == DType.F32 && reaches(v, low))
                .orElseGet(() -> param(TensorType.f32().with(shape()), low + 0.1, low + 3));
    }

    /// `[batch, rows, cols, channel]`, mostly bigger than a window.
    Var images() {
        return find(v -> v.type().dtype() == DType.F32 && v.type().shape().rank() == 4)
                .orElseGet(() -> param(TensorType.f32(small(), side(), side(), channels())));
    }

    int small() {
        return between(1, 2);
    }

    int side() {
        return between(3, options.extents().sideMax());
    }

    /// Often few, or a multiple of four, which splits into groups.
    int channels() {
        int most = options.extents().channelsMax();
        if (coin()) return between(1, 4);
        return coin() ? between(1, most) : 4 * between(1, most / 4);
    }

    Var param(TensorType type) {
        return switch (type.dtype()) {
            case F32 -> coin() ? param(type, -2, 2) : param(type, 0.5, 2);
            case I32 -> {
                int high = coin() ? SHORT : options.extents().dimMax();
                yield declareParam(type, () -> between(-1, high));
            }
            case BOOL -> declareParam(type, () -> coin() ? 1 : 0);
        };
    }

    /// An f32 param with elements between `low` and `high`.
    Var param(TensorType type, double low, double high) {
        boolean coarse = !options.smooth() && coin();
        double grain = coarse ? 4 : 0x1p12; // A multiple of 2⁻¹² is exact in any float.
        return declareParam(type, () -> Math.ceil(random.nextDouble(low, high) * grain) / grain);
    }

    private Var declareParam(TensorType type, DoubleSupplier element) {
        boolean moves = type.dtype() == DType.F32;
        var center = Values.tabulate(type, _ -> element.getAsDouble());
        var radius = Values.filled(type.with(DType.F32), moves ? options.wiggle() : 0);
        var param = declare(type, new Enclosure(center, radius));
        params.add(param);
        return param;
    }

    private Var declare(TensorType type, Enclosure enclosure) {
        var declared = new Var(values.size(), type);
        values.add(declared);
        enclosures.put(declared, enclosure);
        return declared;
    }

    /// One of the values that `fits`; recent ones are likelier, so that programs get deep. Now and
    /// then none, so that they get wide.
    private Optional<Var> find(Predicate<Var> fits) {
        var fitting = values.stream().filter(fits).toList();
        if (fitting.isEmpty() || between(0, 9) == 0) return Optional.empty();
        int back = Math.min(between(0, fitting.size() - 1), between(0, fitting.size() - 1));
        return Optional.of(fitting.get(fitting.size() - 1 - back));
    }

    private boolean reaches(Var v, double low) {
        var known = enclosures.get(v);
        var lowest = known.center().zip(known.radius(), (x, r) -> x - r).toArray();
        return Arrays.stream(lowest).allMatch(x -> x > low);
    }

    private boolean unused(Var v) {
        return equations.stream().noneMatch(e -> e.in().contains(v));
    }

    private boolean allowed(Enclosure result) {
        for (int i = 0; i < result.center().count(); i++) {
            double size = Math.abs(result.center().get(i));
            double error = result.radius().get(i);
            boolean discrete = result.center().type().dtype() != DType.F32;
            double most = discrete ? 0 : options.radiusMax() * (1 + size);
            if (!(size <= options.magnitudeMax() && error <= most)) return false;
        }
        return true;
    }
}
