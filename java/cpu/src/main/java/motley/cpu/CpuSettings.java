package motley.cpu;

import static motley.tensor.Require.require;

/// How much of the machine a [CpuEngine] may use.
///
/// @param threads platform threads that compute, the caller's included; results do not depend on it
public record CpuSettings(int threads) {
    /// Most threads an engine may be given.
    public static final int THREADS_MAX = 256;

    public CpuSettings {
        require(
                threads >= 1 && threads <= THREADS_MAX,
                "threads: %d (expected: in [1, %d])",
                threads,
                THREADS_MAX);
    }
}
