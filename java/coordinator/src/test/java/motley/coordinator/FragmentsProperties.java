package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.nn.Initializer;
import motley.nn.Models;
import motley.nn.ParameterSpec;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

/// Parts of models: whole layers, next to each other, and the largest as small as can be.
final class FragmentsProperties {
    private static final Initializer INITIALIZER =
            Models.named("mnist-mlp").parameters().getFirst().initializer();

    @Test
    void partsAreWholeLayersAndTheLargestIsTheSmallestPossible() {
        for (long seed = 0; seed < 300; seed++) {
            var random = new SplittableRandom(seed);
            var sizes = new ArrayList<Integer>();
            var specs = new ArrayList<ParameterSpec>();
            int layers = random.nextInt(1, 9);
            for (int layer = 0; layer < layers; layer++) {
                int weights = random.nextInt(1, 50);
                int bias = random.nextInt(1, 9);
                specs.add(spec("layer%d.weight".formatted(layer), weights));
                specs.add(spec("layer%d.bias".formatted(layer), bias));
                sizes.add(weights + bias);
            }
            int count = random.nextInt(1, layers + 1);
            var parts = Fragments.of(specs, count).parts();
            assertThat(parts).as("seed %d", seed).hasSize(count);
            int tensor = 0;
            int element = 0;
            int largest = 0;
            for (var part : parts) {
                assertThat(part.firstTensor()).isEqualTo(tensor);
                assertThat(part.first()).isEqualTo(element);
                assertThat(part.tensors() % 2).as("seed %d: whole layers", seed).isZero();
                int end = tensor + part.tensors();
                int elements = 0;
                for (var spec : specs.subList(tensor, end)) elements += spec.shape().count();
                assertThat(part.elements()).isEqualTo(elements).isPositive();
                tensor = end;
                element += elements;
                largest = Math.max(largest, elements);
            }
            assertThat(tensor).isEqualTo(specs.size());
            assertThat(largest).as("seed %d", seed).isEqualTo(best(sizes, count));
        }
    }

    @Test
    void turnsGoRound() {
        var fragments = Fragments.of(Models.named("mnist-mlp").parameters(), 2);
        assertThat(fragments.turn(0)).isEqualTo(fragments.turn(2));
        assertThat(fragments.turn(1)).isEqualTo(fragments.parts().get(1));
        assertThat(fragments.ends()).hasSize(2);
    }

    @Test
    void morePartsThanLayersAreRefused() {
        var parameters = Models.named("mnist-mlp").parameters();
        assertThatThrownBy(() -> Fragments.of(parameters, 9))
                .hasMessageStartingWith("fragments: 9 (expected: at most ")
                .hasMessageEndingWith(", the layers that have parameters)");
    }

    /// Tries every way to cut.
    private static int best(List<Integer> sizes, int count) {
        int whole = sizes.stream().mapToInt(Integer::intValue).sum();
        if (count == 1) return whole;
        int best = Integer.MAX_VALUE;
        int first = 0;
        for (int end = 1; end + count - 1 <= sizes.size(); end++) {
            first += sizes.get(end - 1);
            int rest = best(sizes.subList(end, sizes.size()), count - 1);
            best = Math.min(best, Math.max(first, rest));
        }
        return best;
    }

    private static ParameterSpec spec(String name, int elements) {
        return new ParameterSpec(name, Shape.of(elements), INITIALIZER);
    }
}
