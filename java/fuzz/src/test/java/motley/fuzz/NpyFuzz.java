package motley.fuzz;

/// A NumPy array, or one in IDX form, as inputs and as targets.
public final class NpyFuzz {
    private NpyFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, file -> SampleTrials.drainTwice("array.npy", file));
    }
}
