package motley.nn;

import java.util.List;
import motley.nn.Initializer.Constant;
import motley.nn.Initializer.Curve;
import motley.nn.Initializer.Fan;
import motley.nn.Initializer.Normal;
import motley.nn.Initializer.Scaled;
import motley.nn.Initializer.TruncatedNormal;
import motley.nn.Initializer.Uniform;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// The initializers by name, as text, and what they draw.
///
/// | text | |
/// |---|---|
/// | `zeros`, `ones`, `constant:value=0.1` | |
/// | `uniform:limit=0.05` | |
/// | `normal:deviation=0.02`, `truncated-normal:deviation=0.02` | |
/// | `glorot-uniform`, `glorot-normal`, `he-uniform`, `he-normal`, `lecun-uniform`, `lecun-normal`
/// | scaled |
public final class Initializers {
    public static final Initializer ZEROS = new Constant(0);

    public static final Initializer ONES = new Constant(1);

    /// Standard deviation 0.02: rows of tables of tokens and positions.
    /// Source: Radford et al. 2018, "Improving language understanding by generative pre-training",
    /// §4.1. Differs: uniform with the same variance instead of normal.
    public static final Initializer NARROW_UNIFORM = new Uniform(0.02 * Math.sqrt(3));

    public static final Initializer GLOROT_UNIFORM = new Scaled(Fan.GLOROT, Curve.UNIFORM);

    /// Source: He et al. 2015. Differs: uniform with the same variance instead of normal.
    public static final Initializer HE_UNIFORM = new Scaled(Fan.HE, Curve.UNIFORM);

    /// The deviation of a standard normal distribution cut off at ±2:
    /// `√(1 - 4·φ(2) / (2·Φ(2) - 1))`.
    static final double TRUNCATED_DEVIATION = 0.8796256610342398;

    /// The share of a normal distribution within two deviations: `2·Φ(2) - 1`.
    private static final double WITHIN_TWO = 0.9544997361036416;

    /// Coefficients of the two branches of [#erfInverse], the highest power first.
    private static final double[] CENTRE = {
        2.81022636e-08,
        3.43273939e-07,
        -3.5233877e-06,
        -4.39150654e-06,
        0.00021858087,
        -0.00125372503,
        -0.00417768164,
        0.246640727,
        1.50140941
    };

    private static final double[] TAIL = {
        -0.000200214257,
        0.000100950558,
        0.00134934322,
        -0.00367342844,
        0.00573950773,
        -0.0076224613,
        0.00943887047,
        1.00167406,
        2.83297682
    };

    private Initializers() {}

    /// @throws IllegalArgumentException if no initializer has that name or setting; the message
    ///     lists those there are
    public static Initializer named(String text) {
        var settings = NamedSettings.parse("initializer", text);
        var initializer =
                switch (settings.name()) {
                    case "zeros" -> ZEROS;
                    case "ones" -> ONES;
                    case "constant" -> new Constant(settings.take("value", 0));
                    case "uniform" -> new Uniform(settings.take("limit", 0.05));
                    case "normal" -> new Normal(settings.take("deviation", 0.02));
                    case "truncated-normal" ->
                            new TruncatedNormal(settings.take("deviation", 0.02));
                    case "glorot-uniform" -> GLOROT_UNIFORM;
                    case "glorot-normal" -> new Scaled(Fan.GLOROT, Curve.NORMAL);
                    case "he-uniform" -> HE_UNIFORM;
                    case "he-normal" -> new Scaled(Fan.HE, Curve.NORMAL);
                    case "lecun-uniform" -> new Scaled(Fan.LECUN, Curve.UNIFORM);
                    case "lecun-normal" -> new Scaled(Fan.LECUN, Curve.NORMAL);
                    default ->
                            throw new IllegalArgumentException(
                                    "initializer: %s (expected: one of %s)"
                                            .formatted(
                                                    settings.name(), String.join(", ", names())));
                };
        settings.requireNoneLeft();
        return initializer;
    }

    /// The text that [#named] reads as `initializer`.
    public static String text(Initializer initializer) {
        return switch (initializer) {
            case Constant(double value) -> {
                if (value == 0) yield "zeros";
                yield value == 1 ? "ones" : "constant:value=" + value;
            }
            case Uniform(double limit) -> "uniform:limit=" + limit;
            case Normal(double deviation) -> "normal:deviation=" + deviation;
            case TruncatedNormal(double deviation) -> "truncated-normal:deviation=" + deviation;
            case Scaled(var fan, var curve) -> name(fan) + "-" + name(curve);
        };
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return List.of(
                "zeros",
                "ones",
                "constant",
                "uniform",
                "normal",
                "truncated-normal",
                "glorot-uniform",
                "glorot-normal",
                "he-uniform",
                "he-normal",
                "lecun-uniform",
                "lecun-normal");
    }

    private static String name(Fan fan) {
        return switch (fan) {
            case GLOROT -> "glorot";
            case HE -> "he";
            case LECUN -> "lecun";
        };
    }

    private static String name(Curve curve) {
        return switch (curve) {
            case UNIFORM -> "uniform";
            case NORMAL -> "normal";
        };
    }

    /// The first values of a parameter, each from one uniform number: uniform ones need no
    /// transcendental function, so that every engine draws the same bits from the same key.
    ///
    /// @param key `i32[2]`
    /// @param stream tells apart the parameters that share a key
    static Var draw(ProgramBuilder b, ParameterSpec spec, Var key, int stream) {
        var initializer = spec.initializer();
        var shape = spec.shape();
        return switch (initializer) {
            case Constant(double value) -> b.fill(spec.type(), value);
            case Uniform _ -> uniform(b, spec, key, stream);
            case Normal(double deviation) ->
                    b.scale(normal(b, unit(b, shape, key, stream), 1), deviation);
            case TruncatedNormal(double deviation) ->
                    b.scale(normal(b, unit(b, shape, key, stream), WITHIN_TWO), deviation);
            case Scaled(_, var curve) ->
                    switch (curve) {
                        case UNIFORM -> uniform(b, spec, key, stream);
                        case NORMAL ->
                                b.scale(
                                        normal(b, unit(b, shape, key, stream), 1),
                                        initializer.deviation(shape));
                    };
        };
    }

    private static Var uniform(ProgramBuilder b, ParameterSpec spec, Var key, int stream) {
        double limit = spec.initializer().limit(spec.shape());
        return b.shift(b.scale(unit(b, spec.shape(), key, stream), 2 * limit), -limit);
    }

    /// Uniform in [0, 1), multiples of 2⁻²⁴.
    private static Var unit(ProgramBuilder b, Shape shape, Var key, int stream) {
        var dims = shape.dims();
        var rows = b.iota(Shape.of(dims.getFirst()), 0); // [rows]
        var op = new Op.RandomUniform(stream, dims.subList(1, dims.size()));
        return b.apply(op, key, rows); // [rows, …]
    }

    /// Standard normal numbers by the inverse of their distribution: `√2·erf⁻¹(share·x)` with
    /// `x = 2·unit - 1 + 2⁻²⁴`, which is symmetric around 0, never ±1, and exact in float32.
    ///
    /// @param share of the distribution around 0 that is drawn from, in (0, 1]
    private static Var normal(ProgramBuilder b, Var unit, double share) {
        var x = b.shift(b.scale(unit, 2), -1 + 0x1p-24);
        return b.scale(erfInverse(b, b.scale(x, share)), Math.sqrt(2));
    }

    /// The inverse of the error function on (-1, 1), to about 4·10⁻⁷ of its value in float32:
    /// `x·p(w - 5/2)` for `w = -log((1 - x)·(1 + x))` below 5, else `x·q(√w - 3)`.
    /// Source: Giles 2012, "Approximating the erfinv function", table 5, single precision.
    static Var erfInverse(ProgramBuilder b, Var x) {
        var one = b.fillLike(x, 1);
        var w = b.neg(b.log(b.mul(b.sub(one, x), b.add(one, x))));
        var centre = polynomial(b, CENTRE, b.shift(w, -2.5));
        // Rounding may leave w at -0.0 or below, whose root would not be used but be NaN.
        var root = b.sqrt(b.unary(UnaryKind.ABS, w));
        var tail = polynomial(b, TAIL, b.shift(root, -3));
        var isCentre = b.compare(CompareKind.LT, w, b.fillLike(w, 5));
        return b.mul(b.select(isCentre, centre, tail), x);
    }

    private static Var polynomial(ProgramBuilder b, double[] coefficients, Var x) {
        var sum = b.fill(new TensorType(DType.F32, x.type().shape()), coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = b.shift(b.mul(sum, x), coefficients[i]);
        }
        return sum;
    }
}
