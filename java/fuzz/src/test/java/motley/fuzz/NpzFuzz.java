package motley.fuzz;

/// An archive of NumPy arrays or of pictures in folders, with whatever its directory says.
public final class NpzFuzz {
    private NpzFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, file -> SampleTrials.drain("data.zip", file));
    }
}
