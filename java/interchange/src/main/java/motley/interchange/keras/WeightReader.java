package motley.interchange.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import motley.interchange.keras.Owner.Variable;
import motley.nn.Initializer;
import motley.nn.Model;
import motley.nn.ParameterSpec;
import motley.tensor.Shape;
import motley.tensor.Tensor;

/// Where a model's variables lie in a file, and their values.
///
/// @param model whose parameters they are
record WeightReader(Hdf5File file, Model model, Owner owner) {
    /// A variable, where it lies in the file, and its first parameter's number.
    record Located(Variable variable, List<String> path, int parameter, Shape shape) {}

    // ---- `.keras` ----------------------------------------------------------------------------

    /// The variables of a `.keras` file, whose groups are named after classes, in order.
    static List<Located> modern(Model model, Owner owner) {
        var all = new ArrayList<Located>();
        modern(owner, List.of(), new Offsets(model), all);
        return all;
    }

    private static void modern(Owner model, List<String> path, Offsets offsets, List<Located> all) {
        var seen = new HashMap<String, Integer>();
        for (var layer : model.layers()) {
            var kind = Owner.snake(layer.className());
            int number = seen.merge(kind, 1, Integer::sum) - 1;
            var own = new ArrayList<>(path);
            own.add("layers");
            own.add(number == 0 ? kind : kind + "_" + number);
            for (var variable : layer.variables()) {
                var full = new ArrayList<>(own);
                full.addAll(List.of(variable.path().split("/", -1)));
                all.add(offsets.located(variable, full));
            }
            modern(layer, own, offsets, all);
        }
    }

    // ---- `.h5` -------------------------------------------------------------------------------

    private static final String ROOT = "model_weights";

    /// The variables of an `.h5` file: layers by their order, and in a layer by theirs.
    ///
    /// @throws KerasRefusedException if there are others than the model has
    List<Located> legacy() {
        var offsets = new Offsets(model);
        var owners = owner.layers().stream().filter(layer -> !layer.all().isEmpty()).toList();
        var groups = new ArrayList<List<String>>();
        var names = new ArrayList<String>();
        for (var layer : file.names(List.of(ROOT), "layer_names")) {
            var weights = file.names(List.of(ROOT, layer), "weight_names");
            if (weights.isEmpty()) continue;
            groups.add(weights);
            names.add(layer);
        }
        if (groups.size() != owners.size()) {
            throw KerasRefusedException.of(
                    "layer_names", groups.size() + " with weights", String.valueOf(owners.size()));
        }
        var all = new ArrayList<Located>();
        for (int i = 0; i < owners.size(); i++) {
            int at = names.indexOf(owners.get(i).name());
            int group = at < 0 ? i : at;
            var path = List.of(ROOT, names.get(group));
            all.addAll(legacy(owners.get(i), path, groups.get(group), offsets));
        }
        return all;
    }

    private static List<Located> legacy(
            Owner layer, List<String> path, List<String> weights, Offsets offsets) {
        var variables = layer.legacy();
        if (weights.size() != variables.size()) {
            throw KerasRefusedException.of(
                    "weight_names of " + layer.name(),
                    weights.size(),
                    String.valueOf(variables.size()));
        }
        var all = new ArrayList<Located>();
        for (int i = 0; i < weights.size(); i++) {
            var full = new ArrayList<>(path);
            full.addAll(List.of(weights.get(i).split("/", -1)));
            all.add(offsets.located(variables.get(i), full));
        }
        return all;
    }

    /// Where each node's parameters begin.
    private static final class Offsets {
        private final List<Integer> first = new ArrayList<>();
        private final List<ParameterSpec> specs;

        Offsets(Model model) {
            specs = model.parameters();
            int next = 0;
            for (var layer : model.placed()) {
                first.add(next);
                next += layer.parameters().size();
            }
        }

        Located located(Variable variable, List<String> path) {
            int parameter = first.get(variable.node()) + variable.parameter();
            var shape = variable.layout().shape(specs.get(parameter).shape());
            return new Located(variable, path, parameter, shape);
        }
    }

    // ---- Values ------------------------------------------------------------------------------

    /// Every parameter, in the model's order.
    List<Tensor> read(List<Located> variables) {
        var specs = model.parameters();
        var weights = specs.stream().map(WeightReader::begun).toList();
        for (var variable : variables) copy(variable, weights);
        return weights;
    }

    private static Tensor begun(ParameterSpec spec) {
        var tensor = Tensor.onHeap(spec.type());
        if (spec.initializer() instanceof Initializer.Constant(double value) && value != 0) {
            int count = spec.shape().count();
            IntStream.range(0, count).forEach(i -> tensor.setFloat(i, (float) value));
        }
        return tensor;
    }

    private void copy(Located variable, List<Tensor> into) {
        copy(variable, file.floats(variable.path, variable.shape), into);
    }

    private static void copy(Located variable, float[] from, List<Tensor> into) {
        var shape = into.get(variable.parameter).shape();
        for (var piece : variable.variable.layout().pieces(shape)) {
            piece.read(from, into.get(variable.parameter + piece.parameterOffset()));
        }
    }

    /// Something the optimizer keeps for every variable that is trained, by parameter.
    ///
    /// @param paths of it, in the order of the trained ones among `variables`
    Map<String, Tensor> slot(List<Located> variables, List<List<String>> paths, String prefix) {
        var specs = model.parameters();
        var tensors = specs.stream().map(spec -> Tensor.onHeap(spec.type())).toList();
        int next = 0;
        for (var variable : variables) {
            if (!variable.variable.trained()) continue;
            copy(variable, file.floats(paths.get(next++), variable.shape), tensors);
        }
        var named = new HashMap<String, Tensor>();
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).isTrained()) {
                named.put(prefix + specs.get(i).name(), tensors.get(i));
            }
        }
        return named;
    }
}
