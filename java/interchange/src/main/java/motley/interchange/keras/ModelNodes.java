package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/// A serialised Keras object: its class, and its settings.
///
/// @param node `{module, class_name, config, registered_name}`; Keras 2 has the middle two only
/// @param where it is, for messages
record ModelNodes(JsonNode node, String where) {
    private static final Set<String> MODULES =
            Set.of(
                    "keras",
                    "keras.layers",
                    "keras.models",
                    "keras.src.models.functional",
                    "keras.src.models.sequential",
                    "keras.src.engine.functional");

    ModelNodes {
        if (!node.isObject()) throw KerasRefusedException.of(where, node, "a Keras object");
    }

    /// @throws KerasRefusedException if it is not of Keras itself: code comes with no file
    String className() {
        var name = node.path("class_name").asText("");
        var registered = node.path("registered_name");
        boolean isOwn = registered.isNull() || registered.isMissingNode();
        if (!isOwn && !registered.asText().equals(name)) {
            throw KerasRefusedException.of(
                    where, "class " + registered.asText(), "one of Keras' own");
        }
        if (name.isEmpty()) throw KerasRefusedException.of(where, "no class_name", "a class");
        if (name.equals("Lambda") || name.equals("__lambda__")) {
            throw KerasRefusedException.of(where, "Lambda, which is code", "layers, no code");
        }
        var module = node.path("module");
        if (module.isMissingNode()) return name; // Keras 2, and layers of .h5 files
        if (!module.isTextual() || !MODULES.contains(module.asText())) {
            var shown = "class %s of module %s".formatted(name, module.asText("none"));
            throw KerasRefusedException.of(where, shown, "one of Keras' own");
        }
        return name;
    }

    /// Its own name, or the one it is called by within its model.
    String name() {
        var own = node.path("config").path("name");
        return own.isTextual() ? own.asText() : node.path("name").asText("");
    }

    Settings settings() {
        return new Settings(node.path("config"), title(), rank());
    }

    /// `layer conv2d (Conv2D)`.
    String title() {
        var name = name();
        var shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
        return "layer %s (%s)".formatted(shown, node.path("class_name").asText(""));
    }

    private Optional<Integer> rank() {
        var shape = node.path("build_config").path("input_shape");
        return shape.isArray() ? Optional.of(shape.size() - 1) : Optional.empty();
    }
}
