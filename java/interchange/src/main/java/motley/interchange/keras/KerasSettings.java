package motley.interchange.keras;

import java.util.List;
import java.util.Optional;
import motley.nn.Loss;
import motley.nn.Metric;

/// What a model was compiled with, as far as Motley honours it.
///
/// @param loss empty: the file has none, or one that Motley lacks; its model then has the usual one
public record KerasSettings(
        Optional<Loss> loss, Optional<Optimization> optimizer, List<Metric> metrics) {
    /// Of a model that was not compiled.
    public static final KerasSettings NONE =
            new KerasSettings(Optional.empty(), Optional.empty(), List.of());

    public KerasSettings {
        metrics = List.copyOf(metrics);
    }

    /// How a run says it.
    ///
    /// @param optimizer as [motley.nn.Optimizers] reads it
    /// @param learningRate the highest one, per step
    /// @param schedule as [motley.nn.Schedules] reads it
    public record Optimization(String optimizer, double learningRate, String schedule) {}
}
