package motley.interchange.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import motley.interchange.keras.WeightReader.Located;
import motley.nn.Optimizer;
import motley.tensor.Tensor;

/// What an optimizer had gathered when a model was saved.
///
/// @param variables in the order of the file
record OptimizerStateReader(Hdf5File file, WeightReader weights, List<Located> variables) {
    /// How Keras lays out an optimizer's slots.
    ///
    /// @param prefixes of Motley's names, one a slot
    /// @param interleaved whether a variable's slots lie next to each other
    record Slots(List<String> prefixes, boolean interleaved) {}

    static Slots slots(Optimizer optimizer) {
        return switch (optimizer) {
            case Optimizer.KerasAdam _ ->
                    new Slots(List.of("keras-adam.m.", "keras-adam.v."), true);
            case Optimizer.KerasSgd(double momentum, _) ->
                    new Slots(momentum == 0 ? List.of() : List.of("keras-sgd.velocity."), false);
            case Optimizer.KerasRmsProp(_, double momentum, _) ->
                    new Slots(
                            momentum == 0
                                    ? List.of("keras-rmsprop.square.")
                                    : List.of("keras-rmsprop.square.", "keras-rmsprop.velocity."),
                            false);
            case Optimizer.Shrunk(var inner, _) -> slots(inner);
            case Optimizer.ClippedEach(var inner, _) -> slots(inner);
            case Optimizer.ClippedByNorm(var inner, _) -> slots(inner);
            case Optimizer.ClippedByValue(var inner, _) -> slots(inner);
            default -> new Slots(List.of(), false);
        };
    }

    /// The place of one slot of one variable.
    static int at(Slots slots, int variable, int slot, int variables) {
        int count = slots.prefixes().size();
        return slots.interleaved() ? variable * count + slot : slot * variables + variable;
    }

    /// Of a `.keras` file, if it has any.
    Optional<OptimizerState> modern(Optimizer optimizer) {
        var steps = file.whole(List.of("optimizer", "vars", "0"));
        if (steps.isEmpty()) return Optional.empty();
        // A rate that follows a schedule is no variable.
        int first = isRate() ? 2 : 1;
        int trained = trained();
        var slots = slots(optimizer);
        var state = new HashMap<String, Tensor>();
        for (int slot = 0; slot < slots.prefixes().size(); slot++) {
            int number = slot;
            var paths =
                    IntStream.range(0, trained)
                            .map(v -> first + at(slots, v, number, trained))
                            .mapToObj(i -> List.of("optimizer", "vars", String.valueOf(i)))
                            .toList();
            if (file.find(paths.getFirst()).isEmpty()) return fresh(steps.get());
            state.putAll(weights.slot(variables, paths, slots.prefixes().get(slot)));
        }
        return Optional.of(new OptimizerState(steps.get(), state));
    }

    /// A model that was saved before its first step has no slots.
    private static Optional<OptimizerState> fresh(long steps) {
        if (steps == 0) return Optional.empty();
        throw KerasRefusedException.of("optimizer", "lacks its state", "as its steps say");
    }

    private boolean isRate() {
        var second = file.find(List.of("optimizer", "vars", "1"));
        return second.filter(node -> node instanceof io.jhdf.api.Dataset d && d.isScalar())
                .isPresent();
    }

    private int trained() {
        return (int) variables.stream().filter(v -> v.variable().trained()).count();
    }

    /// Of an `.h5` file, if it has any: Keras 3 puts a variable's slots side by side, Keras 2 the
    /// first slots of all variables before the second ones.
    Optional<OptimizerState> legacy(Optimizer optimizer) {
        var root = "optimizer_weights";
        var names = new ArrayList<>(file.names(List.of(root), "weight_names"));
        if (names.isEmpty()) return Optional.empty();
        var steps = file.whole(path(root, names.getFirst()));
        boolean isOld = names.getFirst().endsWith(":0");
        names.removeIf(name -> name.contains("iter") || name.endsWith("/learning_rate"));
        var slots = slots(optimizer);
        int trained = trained();
        boolean has = steps.isPresent() && names.size() == slots.prefixes().size() * trained;
        if (!has || names.isEmpty()) return Optional.empty();
        var order = new Slots(slots.prefixes(), slots.interleaved() && !isOld);
        var state = new HashMap<String, Tensor>();
        for (int slot = 0; slot < slots.prefixes().size(); slot++) {
            int number = slot;
            var paths =
                    IntStream.range(0, trained)
                            .mapToObj(v -> path(root, names.get(at(order, v, number, trained))))
                            .toList();
            state.putAll(weights.slot(variables, paths, slots.prefixes().get(slot)));
        }
        return Optional.of(new OptimizerState(steps.get(), state));
    }

    private static List<String> path(String root, String name) {
        var path = new ArrayList<>(List.of(root));
        path.addAll(List.of(name.split("/", -1)));
        return path;
    }
}
