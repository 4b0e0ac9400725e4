package motley.cpu;

import static motley.tensor.Require.require;

/// How much of the machine a [CpuEngine] may use.
///
/// @param threads platform threads that compute, the caller's included; results do not depend on it
/// @param memoryBytesMax most bytes of the arenas of one executable; what needs more is refused
///     before anything is allocated
/// @param convolution how convolutions are computed where the fastest way is not the most exact;
///     part of the numeric class
public record CpuSettings(int threads, long memoryBytesMax, ConvolutionMethod convolution) {
    /// Most threads an engine may be given.
    public static final int THREADS_MAX = 256;

    public CpuSettings {
        require(
                threads >= 1 && threads <= THREADS_MAX,
                "threads: %d (expected: in [1, %d])",
                threads,
                THREADS_MAX);
        require(memoryBytesMax >= 1, "memoryBytesMax: %d (expected: at least 1)", memoryBytesMax);
    }

    /// As much memory as the Java heap holds.
    public CpuSettings(int threads) {
        this(threads, Runtime.getRuntime().maxMemory());
    }

    /// Convolutions the fastest way.
    public CpuSettings(int threads, long memoryBytesMax) {
        this(threads, memoryBytesMax, ConvolutionMethod.WINOGRAD_4);
    }

    public CpuSettings withMemoryBytesMax(long bytes) {
        return new CpuSettings(threads, bytes, convolution);
    }

    public CpuSettings withConvolution(ConvolutionMethod method) {
        return new CpuSettings(threads, memoryBytesMax, method);
    }
}
