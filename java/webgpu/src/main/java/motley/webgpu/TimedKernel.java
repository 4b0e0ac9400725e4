package motley.webgpu;

import static motley.tensor.Require.require;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import motley.webgpu.wgsl.Tiling;

/// What timing the tilings of a kernel came to.
///
/// @param name what it computes and how large
/// @param trials the tilings whose results have equal bits, the fastest first; at least one
public record TimedKernel(String name, List<Trial> trials) {
    public TimedKernel {
        require(!trials.isEmpty(), "trials: none (expected: at least one)");
        trials = trials.stream().sorted(Comparator.comparingDouble(Trial::ms)).toList();
    }

    /// @param ms of one run
    public record Trial(Tiling tiling, double ms) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %.3f ms", tiling, ms);
        }
    }

    /// What the engine takes from now on.
    public Tiling fastest() {
        return trials.getFirst().tiling();
    }

    /// `product 1x100x64x80: DIRECT 0.310 ms, SHARED 0.400 ms`.
    @Override
    public String toString() {
        return trials.stream()
                .map(Trial::toString)
                .collect(Collectors.joining(", ", name + ": ", ""));
    }
}
