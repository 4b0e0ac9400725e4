package motley.fuzz;

import java.lang.foreign.Arena;
import motley.interchange.Safetensors;
import motley.interchange.SavedModel;

/// Weights that say which model they are for.
public final class SafetensorsFuzz {
    private SafetensorsFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(
                bytes,
                file -> {
                    try (var arena = Arena.ofConfined()) {
                        var _ = Safetensors.read(file, arena).tensors().values().toString();
                    }
                    SavedModel.read(file);
                });
    }
}
