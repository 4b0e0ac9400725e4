package motley.app;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.interchange.Safetensors;
import motley.nn.Model;
import motley.nn.Models;
import motley.tensor.Tensor;

/// A model and its weights, as a file holds them.
///
/// @param parameters in the order of the model
record TrainedModel(Model model, List<Tensor> parameters) {
    /// @param name of the model; empty: the file's own `model` entry
    /// @throws UserException if the file is unusable or has other tensors than the model
    static TrainedModel read(Path file, Optional<String> name) {
        try {
            var content = Safetensors.read(file, Arena.ofAuto());
            var named = name.or(() -> Optional.ofNullable(content.metadata().get("model")));
            if (named.isEmpty()) {
                throw new UserException(
                        "%s does not name its model: add --model NAME (one of %s)"
                                .formatted(file, String.join(", ", Models.names())));
            }
            var model = Models.named(named.get());
            var parameters = new ArrayList<Tensor>();
            for (var spec : model.parameters()) {
                var tensor = content.tensors().get(spec.name());
                if (tensor == null || !tensor.type().equals(spec.type())) {
                    throw new UserException(
                            "%s: tensor %s is %s (expected: %s, for %s)"
                                    .formatted(
                                            file,
                                            spec.name(),
                                            tensor == null ? "missing" : tensor.type(),
                                            spec.type(),
                                            model.name()));
                }
                parameters.add(tensor);
            }
            return new TrainedModel(model, parameters);
        } catch (IOException e) {
            throw new UserException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
