package motley.training;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.interchange.MalformedFileException;
import motley.interchange.Safetensors;
import motley.interchange.SavedModel;
import motley.interchange.TensorFile;
import motley.nn.Model;
import motley.nn.ParameterSpec;
import motley.tensor.Tensor;

/// Where a training stands after an epoch: with the same samples and settings it goes on to the
/// bits it would have had.
///
/// As a file it is a [SavedModel] with more tensors in it, so that whoever wants the weights only
/// finds them.
///
/// @param epochs that are over
/// @param parameters as the optimizer left them, which averages of them are not
/// @param state of the optimizer, by name
/// @param best the weights of the lowest validation loss, if somebody waits for a lower one
record Standing(
        int epochs, List<Tensor> parameters, Map<String, Tensor> state, Optional<Lowest> best) {
    /// Tensors and metadata that a model file does not have begin like this.
    private static final String PREFIX = "checkpoint.";

    private static final String EPOCHS = PREFIX + "epochs";
    private static final String BEST_EPOCH = PREFIX + "best.epoch";
    private static final String BEST_LOSS = PREFIX + "best.loss";
    private static final String PARAMETER = PREFIX + "parameter.";
    private static final String STATE = PREFIX + "state.";
    private static final String BEST = PREFIX + "best.weight.";

    /// @param epoch counted from 1; 0 for the weights before the first
    record Lowest(int epoch, double loss, List<Tensor> weights) {}

    /// The state that an optimizer takes over.
    ///
    /// @throws IllegalArgumentException if it is another optimizer's
    List<Tensor> state(List<ParameterSpec> specs) {
        var tensors = new ArrayList<Tensor>();
        for (var spec : specs) {
            var tensor = state.get(spec.name());
            if (tensor == null || !tensor.type().equals(spec.type())) {
                throw new IllegalArgumentException(
                        "optimizer: needs %s %s (expected: the optimizer of the training before,"
                                        .formatted(spec.name(), spec.type())
                                + " which keeps %d tensors)".formatted(state.size()));
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    /// Replaces `file` in one step, and makes its folder if there is none.
    void write(Path file, SavedModel saved) throws IOException {
        var specs = saved.model().parameters();
        var tensors = new LinkedHashMap<>(saved.tensors());
        var metadata = new HashMap<>(SavedModel.metadata(saved.model()));
        metadata.put(EPOCHS, String.valueOf(epochs));
        for (int i = 0; i < specs.size(); i++) {
            tensors.put(PARAMETER + specs.get(i).name(), parameters.get(i));
        }
        state.forEach((name, tensor) -> tensors.put(STATE + name, tensor));
        best.ifPresent(
                lowest -> {
                    metadata.put(BEST_EPOCH, String.valueOf(lowest.epoch));
                    metadata.put(BEST_LOSS, String.valueOf(lowest.loss));
                    for (int i = 0; i < specs.size(); i++) {
                        tensors.put(BEST + specs.get(i).name(), lowest.weights.get(i));
                    }
                });
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        Safetensors.write(file, tensors, metadata);
    }

    /// @param model whose weights the file holds
    /// @throws MalformedFileException if it holds no more than a model, or parts are missing
    static Standing read(Path file, Model model) throws IOException {
        var content = Safetensors.read(file, Arena.ofAuto());
        int epochs = (int) number(file, content, EPOCHS);
        var parameters = tensors(file, content, model, PARAMETER);
        var state = new LinkedHashMap<String, Tensor>();
        content.tensors()
                .forEach(
                        (name, tensor) -> {
                            if (!name.startsWith(STATE)) return;
                            state.put(name.substring(STATE.length()), tensor);
                        });
        if (!content.metadata().containsKey(BEST_EPOCH)) {
            return new Standing(epochs, parameters, state, Optional.empty());
        }
        int epoch = (int) number(file, content, BEST_EPOCH);
        var weights = tensors(file, content, model, BEST);
        var lowest = new Lowest(epoch, number(file, content, BEST_LOSS), weights);
        return new Standing(epochs, parameters, state, Optional.of(lowest));
    }

    private static List<Tensor> tensors(Path file, TensorFile content, Model model, String prefix)
            throws MalformedFileException {
        var tensors = new ArrayList<Tensor>();
        for (var spec : model.parameters()) {
            var name = prefix + spec.name();
            var tensor = content.tensors().get(name);
            if (tensor == null || !tensor.type().equals(spec.type())) {
                var found = tensor == null ? "missing" : tensor.type().toString();
                throw new MalformedFileException(
                        file, "tensor %s is %s (expected: %s)".formatted(name, found, spec.type()));
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    private static double number(Path file, TensorFile content, String name)
            throws MalformedFileException {
        var text = content.metadata().get(name);
        if (text == null) throw new MalformedFileException(file, "no checkpoint: lacks " + name);
        try {
            double number = Double.parseDouble(text);
            boolean fits = name.equals(BEST_LOSS) || (number >= 0 && number < 1 << 30);
            if (fits) return number;
        } catch (NumberFormatException e) {
            throw new MalformedFileException(file, name + ": no number", e);
        }
        throw new MalformedFileException(file, name + ": out of range (expected: a count)");
    }
}
