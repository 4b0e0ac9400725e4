package motley.fuzz;

import motley.interchange.keras.KerasFile;

/// A model of Keras as HDF5.
public final class Hdf5Fuzz {
    private Hdf5Fuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, KerasFile::read);
    }
}
