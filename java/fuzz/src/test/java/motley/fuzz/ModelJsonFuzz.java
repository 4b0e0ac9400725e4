package motley.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import motley.interchange.ModelJson;

/// A model as JSON. What is taken is written and read again as the same.
public final class ModelJsonFuzz {
    private ModelJsonFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var model = ModelJson.parse(new String(bytes, UTF_8));
                    boolean isSame = ModelJson.parse(ModelJson.text(model)).equals(model);
                    if (!isSame) throw new AssertionError("another model when written and read");
                });
    }
}
