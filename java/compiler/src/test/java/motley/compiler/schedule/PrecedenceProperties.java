package motley.compiler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import motley.programs.Seeds;
import org.junit.jupiter.api.Test;

/// The kept answers against a search of the graph.
final class PrecedenceProperties {
    private static final int SEEDS = 100;
    private static final int CHANGES = 60;

    @Test
    void everyAnswerIsThatOfASearch() {
        Seeds.forEach(
                SEEDS,
                getClass(),
                "everyAnswerIsThatOfASearch",
                seed -> {
                    var graph = new Graph(new SplittableRandom(seed));
                    for (int i = 0; i < CHANGES; i++) {
                        graph.change();
                        graph.check();
                    }
                });
    }

    /// Steps and, for each, those it reads from directly.
    private static final class Graph {
        private final SplittableRandom random;
        private final Precedence precedence = new Precedence();
        private final List<Step> steps = new ArrayList<>();
        private final Map<Step, Set<Step>> makers = new HashMap<>();

        Graph(SplittableRandom random) {
            this.random = random;
            declare();
        }

        void change() {
            switch (random.nextInt(4)) {
                case 0, 1 -> declare();
                case 2 -> add(any(), any());
                default -> merge(any(), any());
            }
        }

        private Step any() {
            return steps.get(random.nextInt(steps.size()));
        }

        private void declare() {
            var step = new Step(Optional.empty());
            precedence.declare(step);
            makers.put(step, new LinkedHashSet<>());
            steps.add(step);
            if (random.nextBoolean()) add(step, any());
        }

        private void add(Step step, Step maker) {
            if (reaches(maker, step)) return;
            precedence.add(step, Set.of(maker, step));
            makersOf(step).add(maker);
        }

        /// Only where no cycle results: no third step lies between the two.
        private void merge(Step step, Step other) {
            if (step == other || reaches(other, step)) return;
            for (var maker : makersOf(step)) {
                if (maker != other && reaches(maker, other)) return;
            }
            precedence.merge(step, other);
            steps.remove(other);
            makersOf(step).addAll(makersOf(other));
            for (var known : makers.values()) {
                if (known.remove(other)) known.add(step);
            }
            makersOf(step).remove(step);
            makers.remove(other);
        }

        private Set<Step> makersOf(Step step) {
            return makers.getOrDefault(step, Set.of());
        }

        private boolean reaches(Step from, Step target) {
            return from == target || makersOf(from).stream().anyMatch(m -> reaches(m, target));
        }

        void check() {
            for (var from : steps) {
                for (var target : steps) {
                    assertThat(precedence.reaches(from, target)).isEqualTo(reaches(from, target));
                }
            }
        }
    }
}
