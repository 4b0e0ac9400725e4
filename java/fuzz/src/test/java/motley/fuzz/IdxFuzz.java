package motley.fuzz;

import motley.data.IdxFile;

/// An IDX file, read whole.
public final class IdxFuzz {
    private IdxFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(bytes, IdxFile::read);
    }
}
