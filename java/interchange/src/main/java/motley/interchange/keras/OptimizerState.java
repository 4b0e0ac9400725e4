package motley.interchange.keras;

import java.util.Map;
import motley.tensor.Tensor;

/// What an optimizer keeps between steps.
///
/// @param steps that it has made
/// @param tensors by the names of [motley.nn.Optimizer#state]
public record OptimizerState(long steps, Map<String, Tensor> tensors) {
    public OptimizerState {
        tensors = Map.copyOf(tensors);
    }
}
