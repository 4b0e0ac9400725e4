package motley.fuzz;

/// A table.
public final class CsvFuzz {
    private CsvFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, file -> SampleTrials.drain("table.csv", file));
    }
}
