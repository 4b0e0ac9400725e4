package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;

/// What a [Graph] can apply to a value: a layer, or a few of them in a common pattern. Patterns are
/// taken apart as they are applied; a [Model] knows layers only.
public sealed interface Block permits Layer, Block.Sequence, Block.Residual, Block.Initialized {
    /// One after the other.
    record Sequence(List<Block> blocks) implements Block {
        public Sequence {
            blocks = List.copyOf(blocks);
            require(!blocks.isEmpty(), "blocks: none (expected: at least 1)");
        }
    }

    /// `y = body(x) + shortcut(x)`; without a shortcut, `y = body(x) + x`.
    /// Source: He et al. 2016, "Deep residual learning for image recognition", eq. 1 and 2.
    record Residual(List<Block> body, List<Block> shortcut) implements Block {
        public Residual {
            body = List.copyOf(body);
            shortcut = List.copyOf(shortcut);
            require(!body.isEmpty(), "body: no blocks (expected: at least 1)");
        }
    }

    /// `block`, whose weights begin with `weights` and not as usual: all parameters that would not
    /// begin as constants.
    record Initialized(Block block, Initializer weights) implements Block {}

    /// This, with other first weights: `new Dense(10).initialized(new Initializer.Normal(0.02))`.
    default Block initialized(Initializer weights) {
        return new Initialized(this, weights);
    }

    static Block sequence(Block... blocks) {
        return new Sequence(List.of(blocks));
    }

    /// `y = body(x) + x`.
    static Block residual(Block... body) {
        return new Residual(List.of(body), List.of());
    }
}
