package motley.coordinator;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import motley.nn.ParameterSpec;

/// The parts of a model that are synchronised in turns: whole layers, next to each other in the
/// order of the model, cut so that the largest part is as small as it can be.
///
/// Source: Douillard et al. 2025, "Streaming DiLoCo with overlapping communication", §2.2. Differs:
/// parts are neighbours and not strided, so that each is one stretch of memory; and they are equal
/// in elements rather than in layers.
record Fragments(List<Part> parts) {
    Fragments {
        parts = List.copyOf(parts);
    }

    /// A stretch of the parameters.
    ///
    /// @param firstTensor of the model's tensors
    /// @param first of all their elements
    record Part(int firstTensor, int tensors, int first, int elements) {}

    /// @throws IllegalArgumentException if there are fewer layers with parameters than parts
    static Fragments of(List<ParameterSpec> parameters, int count) {
        var layers = layers(parameters);
        require(
                count <= layers.size(),
                "fragments: %d (expected: at most %d, the layers that have parameters)",
                count,
                layers.size());
        int[] ends = ends(layers, count);
        var parts = new ArrayList<Part>();
        for (int p = 0; p < count; p++) {
            int from = p == 0 ? 0 : ends[p - 1];
            var first = layers.get(from);
            var last = layers.get(ends[p] - 1);
            parts.add(
                    new Part(
                            first.firstTensor,
                            last.firstTensor + last.tensors - first.firstTensor,
                            first.first,
                            last.first + last.elements - first.first));
        }
        return new Fragments(parts);
    }

    /// The part whose turn it is in local round `number`, counted from 0.
    Part turn(int number) {
        return parts.get(number % parts.size());
    }

    /// Where each part ends, in elements.
    List<Integer> ends() {
        return parts.stream().map(part -> part.first + part.elements).toList();
    }

    /// Tensors of one layer are named alike up to the last dot.
    private static List<Part> layers(List<ParameterSpec> parameters) {
        var layers = new ArrayList<Part>();
        var name = "";
        int at = 0;
        for (int i = 0; i < parameters.size(); i++) {
            var spec = parameters.get(i);
            int size = spec.shape().count();
            var own = spec.name().substring(0, Math.max(0, spec.name().lastIndexOf('.')));
            if (layers.isEmpty() || !own.equals(name)) {
                layers.add(new Part(i, 1, at, size));
            } else {
                var last = layers.removeLast();
                int elements = last.elements + size;
                layers.add(new Part(last.firstTensor, last.tensors + 1, last.first, elements));
            }
            name = own;
            at += size;
        }
        return layers;
    }

    /// Behind which layer each of `count` parts ends, so that the largest is the smallest possible:
    /// `most[k][n]` is that of the first `n` layers in `k + 1` parts.
    private static int[] ends(List<Part> layers, int count) {
        int size = layers.size();
        var most = new long[count][size + 1];
        var cut = new int[count][size + 1];
        for (int n = 1; n <= size; n++) most[0][n] = elements(layers, 0, n);
        for (int k = 1; k < count; k++) {
            Arrays.fill(most[k], Long.MAX_VALUE);
            for (int n = k + 1; n <= size; n++) cutLast(layers, most, cut, k, n);
        }
        var ends = new int[count];
        int end = size;
        for (int k = count - 1; k >= 0; k--) {
            ends[k] = end;
            end = cut[k][end];
        }
        return ends;
    }

    private static void cutLast(List<Part> layers, long[][] most, int[][] cut, int k, int n) {
        for (int from = k; from < n; from++) {
            long largest = Math.max(most[k - 1][from], elements(layers, from, n));
            if (largest >= most[k][n]) continue;
            most[k][n] = largest;
            cut[k][n] = from;
        }
    }

    private static long elements(List<Part> layers, int from, int end) {
        var last = layers.get(end - 1);
        return (long) last.first + last.elements - layers.get(from).first;
    }
}
