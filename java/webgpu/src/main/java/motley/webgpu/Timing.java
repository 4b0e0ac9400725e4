package motley.webgpu;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// How a [WebGpuEngine] finds the fastest tilings of its largest kernels: by timing them, once
/// each.
///
/// @param onSoftware whether adapters that compute on the processor do so, too
/// @param nanoTime the time in ns, from any origin
/// @param found is told of each kernel that was timed
public record Timing(boolean onSoftware, LongSupplier nanoTime, Consumer<TimedKernel> found) {}
