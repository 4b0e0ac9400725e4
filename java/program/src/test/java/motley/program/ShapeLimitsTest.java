package motley.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

/// What `docs/ops.md` says of shapes, at their limits.
final class ShapeLimitsTest {
    @Test
    void elementsAreBelowTwoToThe31() {
        assertThat(Shape.of(Integer.MAX_VALUE).count()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dims: [65536, 32768] (expected: under 2^31 elements)");
    }

    /// The product of these wraps around to 0 in 64 bits.
    @Test
    void noProductIsLargeEnoughToPass() {
        var dims = List.of(1 << 30, 1 << 30, 1 << 4);
        assertThatThrownBy(() -> new Shape(dims)).hasMessageContaining("under 2^31 elements");
    }

    @Test
    void axesAreEightAtMost() {
        assertThat(new Shape(Collections.nCopies(8, 1)).rank()).isEqualTo(8);
        assertThatThrownBy(() -> new Shape(Collections.nCopies(9, 1)))
                .hasMessageContaining("(expected: at most 8 axes)");
    }

    @Test
    void noAxisIsEmpty() {
        assertThatThrownBy(() -> Shape.of(3, 0))
                .hasMessage("dims: [3, 0] (expected: every dimension at least 1)");
    }
}
