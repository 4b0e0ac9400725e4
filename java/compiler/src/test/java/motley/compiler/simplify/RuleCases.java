package motley.compiler.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import motley.compiler.simplify.RuleCase.Site;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What every rule of every pass looks for, and what looks alike and must stay.
final class RuleCases {
    private final List<RuleCase> cases = new ArrayList<>();
    private String pass = "";

    private RuleCases() {}

    /// One or more for every rule: the pass must change each.
    static List<RuleCase> rules() {
        var rules = new RuleCases();
        rules.canonical();
        rules.contractions();
        rules.movedNumbers();
        rules.numbers();
        rules.neutral();
        rules.choices();
        rules.wholePrograms();
        return List.copyOf(rules.cases);
    }

    /// Programs that tempt to rules that would be wrong: the pass must leave each alone.
    static List<RuleCase> temptations() {
        var tempting = new RuleCases();
        tempting.temptingNumbers();
        tempting.temptingMovement();
        return List.copyOf(tempting.cases);
    }

    private void add(String rule, Function<Site, Var> trigger) {
        cases.add(new RuleCase(rule, pass, trigger));
    }

    private void canonical() {
        pass = "canonical forms";
        add("-(-x), f32", s -> s.b.neg(s.b.neg(s.floats(2))));
        add("-(-x), i32", s -> s.b.neg(s.b.neg(s.param(DType.I32, s.shape(2)))));
        add("not not p", s -> unary(s, UnaryKind.NOT, unary(s, UnaryKind.NOT, bools(s))));
        for (var dtype : DType.values()) {
            add("convert to its own type, " + dtype, s -> convert(s, dtype, dtype));
        }
        for (var kind : ReduceKind.values()) {
            // A sum that is 0 may be either zero: so of values that are never -0.
            add(
                    kind + " over nothing",
                    s -> {
                        var x = unary(s, UnaryKind.ABS, s.floats(2));
                        return s.b.apply(new Op.Reduce(kind, List.of()), x);
                    });
        }
        add(
                "reshape of a reshape",
                s -> {
                    var x = s.floats(3);
                    var dims = x.type().shape().dims();
                    var flat = s.b.reshape(x, Shape.of(x.type().shape().count()));
                    return s.b.reshape(flat, new Shape(dims.reversed()));
                });
        add(
                "reshape to its own shape",
                s -> like(s, 3, (x, own) -> s.b.apply(new Op.Reshape(own), x)));
        add(
                "transpose of a transpose",
                s -> {
                    var inner = s.b.transpose(s.floats(3), s.permutation(3));
                    return s.b.transpose(inner, s.permutation(3));
                });
        add("transpose that moves nothing", s -> s.b.transpose(s.floats(3), 0, 1, 2));
        add(
                "broadcast of a broadcast",
                s -> {
                    var x = s.floats(1);
                    int n = x.type().shape().dim(0);
                    var inner = s.b.broadcast(x, Shape.of(n, 3), 0);
                    return s.b.broadcast(inner, Shape.of(2, n, 4, 3), 1, 3);
                });
        add("broadcast to its own shape", s -> like(s, 2, (x, own) -> s.b.broadcast(x, own, 0, 1)));
        nothingMoved();
    }

    private void nothingMoved() {
        add(
                "slice of everything",
                s -> like(s, 2, (x, all) -> slice(s, x, List.of(0, 0), all.dims())));
        var none = List.of(0, 0);
        add("pad by nothing", s -> s.b.apply(new Op.Pad(none, none, none), s.floats(2)));
        add("concatenate one", s -> s.b.apply(new Op.Concatenate(1), s.floats(2)));
        add("reverse nothing", s -> s.b.apply(new Op.Reverse(List.of()), s.floats(2)));
    }

    private void contractions() {
        add(
                "product of a transposed left operand",
                s -> {
                    int inner = s.random.nextInt(2, 6);
                    var x = s.param(TensorType.f32(inner, 3));
                    return s.b.matmul(s.b.transpose(x, 1, 0), s.param(TensorType.f32(inner, 4)));
                });
        add(
                "product of a transposed right operand",
                s -> {
                    int inner = s.random.nextInt(2, 6);
                    var y = s.param(TensorType.f32(4, inner));
                    return s.b.matmul(s.param(TensorType.f32(3, inner)), s.b.transpose(y, 1, 0));
                });
        add(
                "batched product of operands whose named axes were moved",
                s -> {
                    var dims = s.shape(3); // [inner, batch, left]
                    var x = s.b.transpose(s.param(DType.F32, dims), 1, 2, 0);
                    var y = s.param(TensorType.f32(dims.dim(1), dims.dim(0), 5));
                    var op = new Op.DotGeneral(List.of(0), List.of(0), List.of(2), List.of(1));
                    return s.b.apply(op, x, y);
                });
    }

    private void movedNumbers() {
        pass = "constants";
        add("number that f32 does not have", s -> s.fill(s.shape(1), s.random.nextDouble()));
        add("reshape of a number", s -> s.b.reshape(s.fill(Shape.of(6), s.number()), SIX));
        add("transpose of a number", s -> s.b.transpose(s.fill(SIX, s.number()), 1, 0));
        add(
                "broadcast of a number",
                s -> s.b.broadcast(s.fill(Shape.of(3), s.number()), Shape.of(3, 4), 0));
        add(
                "slice of a number",
                s -> slice(s, s.fill(SIX, s.number()), List.of(0, 1), List.of(2, 3)));
        add(
                "reverse of a number",
                s -> s.b.apply(new Op.Reverse(List.of(0)), s.fill(SIX, s.number())));
    }

    private static final Shape SIX = Shape.of(2, 3);

    private void numbers() {
        for (var kind : List.of(UnaryKind.NEG, UnaryKind.ABS, UnaryKind.SQRT)) {
            add(kind + " of a number", s -> unary(s, kind, s.fill(SIX, s.number())));
        }
        for (var kind : List.of(BinaryKind.ADD, BinaryKind.SUB, BinaryKind.MUL)) {
            add(kind + " of numbers", s -> ofNumbers(s, new Op.Binary(kind)));
        }
        for (var kind : List.of(BinaryKind.DIV, BinaryKind.MAX, BinaryKind.MIN)) {
            add(kind + " of numbers", s -> ofNumbers(s, new Op.Binary(kind)));
        }
        for (var kind : CompareKind.values()) {
            add(kind + " of numbers", s -> ofNumbers(s, new Op.Compare(kind)));
            add(
                    kind + " of a number with itself",
                    s -> {
                        double value = s.number();
                        var op = new Op.Compare(kind);
                        return s.b.apply(op, s.fill(SIX, value), s.fill(SIX, value));
                    });
        }
        for (var dtype : DType.values()) {
            add(
                    "number to " + dtype,
                    s -> s.b.apply(new Op.Convert(dtype), s.fill(SIX, s.number())));
        }
        add("number with half to i32", s -> s.b.convert(s.fill(SIX, -1.5), DType.I32));
    }

    private void neutral() {
        add("x·1", s -> withNumber(s, BinaryKind.MUL, _ -> 1));
        add("x/1", s -> withNumber(s, BinaryKind.DIV, _ -> 1));
        add("x - 0", s -> withNumber(s, BinaryKind.SUB, _ -> 0));
        add("1·x", s -> numberWith(s, BinaryKind.MUL, 1));
    }

    private void choices() {
        for (int holds : List.of(0, 1)) {
            add(
                    "select by " + holds,
                    s -> {
                        var p = s.b.fill(new TensorType(DType.BOOL, SIX), holds);
                        return s.b.select(p, s.param(DType.F32, SIX), s.param(DType.F32, SIX));
                    });
        }
        add(
                "select of equal values",
                s -> {
                    var x = s.param(DType.F32, SIX);
                    return s.b.select(s.param(DType.BOOL, SIX), x, x);
                });
    }

    private void wholePrograms() {
        pass = "common subexpressions";
        add(
                "equal equations",
                s -> {
                    var x = s.floats(2);
                    return s.b.mul(s.b.exp(x), s.b.exp(x));
                });
        pass = "dead code";
        add(
                "a value that nothing needs",
                s -> {
                    var x = s.floats(2);
                    var unused = s.b.exp(s.b.neg(x));
                    return s.b.sub(x, s.param(unused.type()));
                });
        pass = "masks";
        for (double zero : new double[] {0.0, -0.0}) {
            add("mask of a rectified convolution, zero " + zero, s -> rectified(s, zero));
        }
    }

    /// Two values chosen by one mask; the first is the convolution's own.
    private static Var rectified(Site s, double zeroOf) {
        var x = s.param(TensorType.f32(1, 4, 4, 2));
        var w = s.param(TensorType.f32(3, 3, 2, 3));
        var y = s.b.apply(new Op.Convolution(ConvolutionSpec.plain()), x, w);
        var sum = s.b.add(y, s.b.alongInnermost(s.param(TensorType.f32(3)), y.type().shape()));
        var zero = s.b.fillLike(sum, zeroOf);
        var mask = s.b.compare(CompareKind.LE, sum, zero);
        var relu = s.b.select(mask, zero, sum);
        s.results.add(s.b.select(mask, zero, s.param(sum.type())));
        return relu;
    }

    private void temptingNumbers() {
        pass = "constants";
        add("x + 0 makes -0 to +0", s -> withNumber(s, BinaryKind.ADD, _ -> 0.0));
        add("0 + x", s -> numberWith(s, BinaryKind.ADD, 0));
        add("x - (-0)", s -> withNumber(s, BinaryKind.SUB, _ -> -0.0));
        add("0 - x is not -x", s -> numberWith(s, BinaryKind.SUB, 0));
        add("x·0 is NaN for infinities", s -> withNumber(s, BinaryKind.MUL, _ -> 0));
        add("1/x", s -> numberWith(s, BinaryKind.DIV, 1));
        add("0/x", s -> numberWith(s, BinaryKind.DIV, 0));
        double infinity = Double.POSITIVE_INFINITY;
        add("min(x, ∞)", s -> withNumber(s, BinaryKind.MIN, _ -> infinity));
        add(
                "x - x is NaN for infinities",
                s -> {
                    var x = s.floats(2);
                    return s.b.sub(x, x);
                });
        add(
                "x = x is false for NaN",
                s -> {
                    var x = s.floats(2);
                    return s.b.compare(CompareKind.EQ, x, x);
                });
    }

    private void temptingMovement() {
        var one = List.of(1);
        var none = List.of(0);
        add(
                "pad of a number has zeros",
                s -> s.b.apply(new Op.Pad(one, none, none), s.fill(Shape.of(3), 2)));
        add(
                "concatenation of numbers",
                s -> {
                    var first = s.fill(Shape.of(3), 2);
                    return s.b.apply(new Op.Concatenate(0), first, s.fill(Shape.of(2), 3));
                });
        pass = "canonical forms";
        add(
                "product of an operand whose free axes were exchanged",
                s -> {
                    var x = s.b.transpose(s.floats(3), 1, 0, 2);
                    var y = s.param(TensorType.f32(x.type().shape().dim(2), 4));
                    var op = new Op.DotGeneral(List.of(), List.of(), List.of(2), List.of(0));
                    return s.b.apply(op, x, y);
                });
        add("convert there and back", s -> convertBack(s, DType.F32, DType.I32));
        add("abs of a negation", s -> unary(s, UnaryKind.ABS, s.b.neg(s.floats(2))));
    }

    // ---- Parts of triggers -----------------------------------------------------------------

    private interface Movement {
        Var apply(Var x, Shape shape);
    }

    private static Var like(Site s, int rank, Movement movement) {
        var x = s.floats(rank);
        return movement.apply(x, x.type().shape());
    }

    private static Var bools(Site s) {
        return s.param(DType.BOOL, s.shape(2));
    }

    private static Var unary(Site s, UnaryKind kind, Var x) {
        return s.b.unary(kind, x);
    }

    private static Var convert(Site s, DType from, DType to) {
        return s.b.apply(new Op.Convert(to), s.param(from, s.shape(2)));
    }

    private static Var convertBack(Site s, DType from, DType over) {
        return s.b.convert(convert(s, from, over), from);
    }

    private static Var slice(Site s, Var x, List<Integer> starts, List<Integer> limits) {
        var ones = Collections.nCopies(starts.size(), 1);
        return s.b.apply(new Op.Slice(starts, limits, ones), x);
    }

    private static Var ofNumbers(Site s, Op op) {
        return s.b.apply(op, s.fill(SIX, s.number()), s.fill(SIX, s.number()));
    }

    private static Var withNumber(Site s, BinaryKind kind, ToDoubleFunction<Site> number) {
        var x = s.floats(2);
        return s.b.apply(new Op.Binary(kind), x, s.b.fillLike(x, number.applyAsDouble(s)));
    }

    private static Var numberWith(Site s, BinaryKind kind, double number) {
        var x = s.floats(2);
        return s.b.apply(new Op.Binary(kind), s.b.fillLike(x, number), x);
    }
}
