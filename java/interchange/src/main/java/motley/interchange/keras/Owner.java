package motley.interchange.keras;

import java.util.ArrayList;
import java.util.List;

/// A Keras layer that may have variables, and the layers within it.
///
/// @param className such as `Conv2D`; for a model `Sequential` or `Functional`
/// @param name its own, such as `conv2d_1`
/// @param variables its own, in Keras' order
/// @param layers those of a model, without the input layer of a Sequential
record Owner(String className, String name, List<Variable> variables, List<Owner> layers) {
    Owner {
        variables = List.copyOf(variables);
        layers = List.copyOf(layers);
    }

    /// A variable and where it lies among the model's parameters.
    ///
    /// @param path below the layer's group in a `.keras` file: `vars/0`, `cell/vars/1`
    /// @param leaf its name, as `.h5` files have it: `kernel`
    /// @param node of the model
    /// @param parameter of that node's parameters
    record Variable(
            String path, String leaf, int node, int parameter, Layout layout, boolean trained) {}

    /// Its variables and those of the layers within it.
    List<Variable> all() {
        var all = new ArrayList<>(variables);
        for (var layer : layers) all.addAll(layer.all());
        return all;
    }

    /// The same in the order of `.h5` files: what is trained comes first.
    List<Variable> legacy() {
        var all = all();
        var ordered = new ArrayList<Variable>();
        for (var variable : all) if (variable.trained()) ordered.add(variable);
        for (var variable : all) if (!variable.trained()) ordered.add(variable);
        return ordered;
    }

    /// Of a class name the name of its group in a `.keras` file.
    /// Source: `keras.src.utils.naming.to_snake_case`, 3.15.
    static String snake(String className) {
        var plain = className.replaceAll("\\W+", "");
        var first = plain.replaceAll("(.)([A-Z][a-z]+)", "$1_$2");
        return first.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT);
    }
}
