package motley.nn;

import java.util.List;
import motley.nn.Optimizer.Adam;
import motley.nn.Optimizer.Sgd;

/// The optimizers that have a name, with the settings people usually start from.
public final class Optimizers {
    private Optimizers() {}

    /// `adam` (0.9, 0.999, 10⁻⁸), `sgd` (momentum 0.9) or `nesterov` (momentum 0.9, looking ahead).
    ///
    /// @throws IllegalArgumentException if no optimizer has that name; the message lists those
    ///     there are
    public static Optimizer named(String name) {
        return switch (name) {
            case "adam" -> new Adam(0.9, 0.999, 1e-8);
            case "sgd" -> new Sgd(0.9, false);
            case "nesterov" -> new Sgd(0.9, true);
            default ->
                    throw new IllegalArgumentException(
                            "optimizer: %s (expected: one of %s)"
                                    .formatted(name, String.join(", ", names())));
        };
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return List.of("adam", "sgd", "nesterov");
    }
}
