package motley.program;

import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class VerifierTest {
    private static final Var X = new Var(0, f32(2, 3));
    private static final Op EXP = new Op.Unary(UnaryKind.EXP);
    private static final Op ADD = new Op.Binary(BinaryKind.ADD);
    private static final Var Y = new Var(1, f32(2, 3));

    static List<EveryOp.Use> uses() {
        return EveryOp.uses();
    }

    @ParameterizedTest
    @MethodSource("uses")
    void wellTypedProgramsPass(EveryOp.Use use) {
        var program = use.program();
        assertThat(Verifier.verify(program, Limits.DEFAULT)).isEqualTo(Cost.of(program));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void wrongResultTypeOfAnyOpIsRefused(EveryOp.Use use) {
        var right = use.program();
        var e = right.equations().getFirst();
        var wrong = use.out().with(use.out().shape().prepend(1));
        var lie = new Equation(new Var(e.out().id(), wrong), e.op(), e.in());
        assertThat(messageFor(new Program(right.params(), List.of(lie), List.of())))
                .startsWith("equation 0: %s (expected: %s)\n  > v".formatted(lie.out(), use.out()));
    }

    @Test
    void valuesAreNumberedInOrder() {
        assertThat(messageFor(new Program(List.of(Y), List.of(), List.of())))
                .isEqualTo("param v1: f32[2, 3] (expected: v0)");
        assertThat(messageFor(new Program(List.of(X, X), List.of(), List.of())))
                .isEqualTo("param v0: f32[2, 3] (expected: v1)");
        assertThat(messageFor(program(new Equation(new Var(2, f32(2, 3)), EXP, List.of(X)))))
                .startsWith("equation 0: v2: f32[2, 3] (expected: v1)");
        assertThat(messageFor(program(new Equation(X, EXP, List.of(X)))))
                .startsWith("equation 0: v0: f32[2, 3] (expected: v1)");
        assertThat(messageFor(program(new Equation(new Var(-1, f32(2, 3)), EXP, List.of(X)))))
                .startsWith("equation 0: v-1: f32[2, 3] (expected: v1)");
    }

    @Test
    void operandsWereAssignedBefore() {
        assertThat(messageFor(program(new Equation(Y, EXP, List.of(Y)))))
                .startsWith(
                        "equation 0: operand v1: f32[2, 3] (expected: a value assigned before)");
        assertThat(messageFor(program(new Equation(Y, EXP, List.of(new Var(-1, f32(2, 3)))))))
                .startsWith(
                        "equation 0: operand v-1: f32[2, 3] (expected: a value assigned before)");
    }

    /// Otherwise a use could be typed by a type nobody checked.
    @Test
    void operandsAndResultsHaveTheTypeOfTheirDefinition() {
        var lie = new Var(0, f32(4));
        assertThat(messageFor(program(new Equation(new Var(1, f32(4)), EXP, List.of(lie)))))
                .startsWith("equation 0: operand v0: f32[4] (expected: v0: f32[2, 3])");
        assertThat(messageFor(new Program(List.of(X), List.of(), List.of(lie))))
                .isEqualTo("result v0: f32[4] (expected: v0: f32[2, 3])");
    }

    @Test
    void resultsExist() {
        assertThat(messageFor(new Program(List.of(X), List.of(), List.of(Y))))
                .isEqualTo("result v1: f32[2, 3] (expected: a value assigned before)");
    }

    @Test
    void theEquationsAroundTheBadOneArePrinted() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2));
        for (int i = 0; i < 6; i++) x = b.exp(x);
        var equations = new ArrayList<>(b.build(List.of(x)).equations());
        var bad = equations.get(4);
        equations.set(4, new Equation(bad.out(), ADD, List.of(bad.in().getFirst())));
        var params = List.of(new Var(0, f32(2)));
        assertThat(messageFor(new Program(params, equations, List.of())))
                .isEqualTo(
                        """
                        equation 4: Binary[kind=ADD]: 1 operands (expected: 2)
                            v2: f32[2] = exp(v1)
                            v3: f32[2] = exp(v2)
                            v4: f32[2] = exp(v3)
                          > v5: f32[2] = add(v4)
                            v6: f32[2] = exp(v5)""");
    }

    @Test
    void longLinesOfTheExcerptAreCut() {
        var in = Collections.nCopies(1000, X);
        var cat = new Equation(new Var(1, f32(1)), new Op.Concatenate(0), in);
        var message = messageFor(program(cat));
        assertThat(message).hasSizeLessThan(300).endsWith("…");
    }

    @Test
    void countsAreLimited() {
        var limits = new Limits(1, 1, 1, 1, 6, 48, 48, 96);
        var exp = new Equation(Y, EXP, List.of(X));
        var atTheLimits = new Program(List.of(X), List.of(exp), List.of(Y));
        assertThat(Verifier.verify(atTheLimits, limits).flops()).isEqualTo(96);

        assertThat(messageFor(new Program(List.of(X, Y), List.of(), List.of()), limits))
                .isEqualTo("params: 2 (expected: at most 1)");
        assertThat(messageFor(new Program(List.of(X), List.of(exp, exp), List.of()), limits))
                .isEqualTo("equations: 2 (expected: at most 1)");
        assertThat(messageFor(new Program(List.of(X), List.of(), List.of(X, X)), limits))
                .isEqualTo("results: 2 (expected: at most 1)");
        var add = new Equation(Y, ADD, List.of(X, X));
        assertThat(messageFor(program(add), limits))
                .startsWith("equation 0: operands: 2 (expected: at most 1)");
    }

    @Test
    void sizesAndWorkAreLimited() {
        var program = program(new Equation(Y, EXP, List.of(X)));
        assertThat(messageFor(program, new Limits(1, 1, 1, 1, 5, 48, 48, 96)))
                .isEqualTo("param v0: f32[2, 3]: elements: 6 (expected: at most 5)");
        assertThat(messageFor(program, new Limits(1, 1, 1, 1, 6, 47, 48, 96)))
                .startsWith("equation 0: v1: f32[2, 3]: bytes so far: 48 (expected: at most 47)");
        assertThat(messageFor(program, new Limits(1, 1, 1, 1, 6, 48, 47, 96)))
                .isEqualTo("live bytes: 48 (expected: at most 47)");
        assertThat(messageFor(program, new Limits(1, 1, 1, 1, 6, 48, 48, 95)))
                .startsWith("equation 0: FLOPs so far: 96 (expected: at most 95)");
    }

    /// Thirty-two equations of 2⁵⁸ FLOPs wrap around to 0 unless sums saturate.
    @Test
    void claimsOfAnySizeAreRefusedWithoutOverflow() {
        int edge = (1 << 14) - 1;
        var window = new Window(1 << 14, 1 << 14, 1, 1, new Padding(edge, 0, edge, 0));
        var b = new ProgramBuilder();
        var image = b.param(f32(4, 1 << 14, 1 << 14, 1));
        for (int i = 0; i < 32; i++) b.apply(new Op.MaxPool(window), image);
        var program = b.build(List.of());
        assertThat(Verifier.verify(program, Limits.NONE).flops()).isEqualTo(Long.MAX_VALUE);
        assertThat(messageFor(program)).startsWith("param v0: f32[4, 16384, 16384, 1]: elements: ");
    }

    @Test
    void limitsAreNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limits.DEFAULT.withFlopsMax(-1))
                .withMessage("flopsMax: -1 (expected: not negative)");
        assertThat(Limits.DEFAULT.withPeakLiveBytesMax(7).peakLiveBytesMax()).isEqualTo(7);
        assertThat(Limits.DEFAULT.withFlopsMax(7).flopsMax()).isEqualTo(7);
    }

    @Test
    void builderTakesParamsBeforeEquations() {
        var b = new ProgramBuilder();
        b.iota(Shape.of(2), 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.param(i32()))
                .withMessage("param: after 1 equations (expected: before the first)");
    }

    private static Program program(Equation... equations) {
        return new Program(List.of(X), List.of(equations), List.of());
    }

    private static String messageFor(Program program) {
        return messageFor(program, Limits.DEFAULT);
    }

    private static String messageFor(Program program, Limits limits) {
        var refusal = new String[1];
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> Verifier.verify(program, limits))
                .satisfies(refused -> refusal[0] = refused.getMessage());
        return refusal[0];
    }
}
