package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import motley.program.Equation;
import motley.program.Limits;
import motley.program.Parser;
import motley.program.Printer;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.ProgramCodec;
import motley.program.ProgramHash;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Which layer an equation belongs to reaches the kernels and means nothing.
final class LabelsTest {
    /// Two matrix products with a hyperbolic tangent between them, and the gradients of both.
    private static Program program(UnaryOperator<String> name) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(4, 8));
        var first = b.param(TensorType.f32(8, 8));
        var second = b.param(TensorType.f32(8, 3));
        var hidden = b.scope(name.apply("dense1"), () -> b.matmul(x, first));
        var active = b.scope(name.apply("tanh1"), () -> b.unary(UnaryKind.TANH, hidden));
        var out = b.scope(name.apply("dense2"), () -> b.matmul(active, second));
        Var loss = b.scope(name.apply("loss"), () -> b.sumAll(b.mul(out, out)));
        return b.build(Autodiff.gradient(b, loss, List.of(first, second)));
    }

    private static final Program LABELLED = program(name -> name);
    private static final Program PLAIN = program(name -> "");

    private static Set<String> labels(Program program) {
        return program.equations().stream().map(Equation::label).collect(Collectors.toSet());
    }

    @Test
    void labelsAreNoPartOfTheMeaning() {
        assertThat(labels(PLAIN)).containsExactly("");
        assertThat(labels(LABELLED)).contains("dense1", "tanh1", "dense2", "loss");
        assertThat(LABELLED).isEqualTo(PLAIN).hasSameHashCodeAs(PLAIN);
        assertThat(ProgramHash.of(LABELLED)).isEqualTo(ProgramHash.of(PLAIN));
        var bytes = ProgramCodec.encode(LABELLED);
        assertThat(labels(ProgramCodec.decode(bytes, Limits.DEFAULT))).containsExactly("");
    }

    @Test
    void theBackwardPassBelongsToItsLayer() {
        assertThat(labels(LABELLED))
                .contains("dense1/backward", "tanh1/backward", "dense2/backward", "loss/backward");
    }

    @Test
    void theDerivativeOfABackwardPassKeepsItsName() {
        assertThat(labels(Autodiff.vjp(LABELLED)))
                .contains("dense1/backward")
                .noneMatch(label -> label.contains("backward/backward"));
    }

    @Test
    void labelsSurviveThePasses() {
        assertThat(labels(Compiler.simplify(LABELLED)))
                .contains("dense1", "tanh1", "dense2", "dense1/backward", "dense2/backward");
    }

    @Test
    void everyKernelKnowsItsLayer() {
        var plan = Compiler.compile(LABELLED, List.of());
        var labels = plan.kernels().stream().map(plan::label).toList();
        assertThat(labels).noneMatch(String::isEmpty).contains("dense1", "dense1/backward");
        assertThat(plan.describe()).contains("  # dense1/backward\n");
    }

    @Test
    void theyArePrintedAsComments() {
        var text = Printer.print(LABELLED);
        assertThat(text).contains("  # dense1\n", "  # dense2/backward\n");
        assertThat(Parser.parse(text)).isEqualTo(PLAIN);
    }
}
