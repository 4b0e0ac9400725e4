package motley.fuzz;

import motley.interchange.keras.KerasFile;

/// A model of Keras as an archive, with whatever its directory says.
public final class KerasArchiveFuzz {
    private KerasArchiveFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, KerasFile::read);
    }
}
