package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Sample;
import motley.programs.Seeds;
import org.junit.jupiter.api.Test;

/// Laws over random programs.
final class CpuEngineProperties {
    private static final int SEEDS = 150;

    @Test
    void resultsLieWithinTheDerivedBoundOfTheReference() {
        try (var engine = CpuEngine.open(new CpuSettings(2))) {
            Seeds.forEach(
                    SEEDS,
                    getClass(),
                    "resultsLieWithinTheDerivedBoundOfTheReference",
                    seed -> {
                        var sample = RandomPrograms.generate(seed, Options.forEngines());
                        var results = Runs.once(engine, sample.program(), sample.tensors());
                        var bounds =
                                ErrorBound.evaluate(
                                        sample.program(),
                                        sample.operands(),
                                        new CpuSettings(2).convolution().accuracy());
                        for (int i = 0; i < results.size(); i++) {
                            assertWithin(bounds.get(i), Values.of(results.get(i)), sample);
                        }
                    });
        }
    }

    private static void assertWithin(Enclosure bound, Values result, Sample sample) {
        for (int position = 0; position < result.count(); position++) {
            assertThat(bound.contains(position, result.get(position)))
                    .as(
                            "element %d: %s (expected: %s within %s) of %s",
                            position,
                            result.get(position),
                            bound.center().get(position),
                            bound.radius().get(position),
                            sample.program())
                    .isTrue();
        }
    }

    @Test
    void generatedCodeGivesTheBitsOfTheInterpreter() {
        try (var generated = CpuEngine.open(new CpuSettings(1));
                var interpreted = CpuEngine.interpreting(new CpuSettings(1))) {
            Seeds.forEach(
                    SEEDS,
                    getClass(),
                    "generatedCodeGivesTheBitsOfTheInterpreter",
                    seed ->
                            assertSameBits(
                                    generated,
                                    interpreted,
                                    RandomPrograms.generate(seed, Options.forEngines())));
        }
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        try (var one = CpuEngine.open(new CpuSettings(1));
                var two = CpuEngine.open(new CpuSettings(2));
                var three = CpuEngine.open(new CpuSettings(3));
                var seven = CpuEngine.open(new CpuSettings(7))) {
            Seeds.forEach(
                    10,
                    getClass(),
                    "resultsDoNotDependOnTheNumberOfThreads",
                    seed -> {
                        for (var sample : ofEverySize(seed)) {
                            assertSameBits(one, two, sample);
                            assertSameBits(one, three, sample);
                            assertSameBits(one, seven, sample);
                        }
                    });
        }
    }

    /// Every operation by itself, and a program of several.
    private static List<Sample> ofEverySize(long seed) {
        var samples =
                new ArrayList<>(RandomPrograms.everyOperation(seed, Options.forLargeValues()));
        samples.add(RandomPrograms.generate(seed, Options.forLargeValues().withEquations(6)));
        samples.add(RandomPrograms.generate(seed, Options.forEngines().withEquations(30)));
        return samples;
    }

    private static void assertSameBits(CpuEngine some, CpuEngine other, Sample sample) {
        var first = Runs.once(some, sample.program(), sample.tensors());
        var second = Runs.once(other, sample.program(), sample.tensors());
        for (int i = 0; i < first.size(); i++) {
            assertThat(Runs.sameBits(first.get(i), second.get(i)))
                    .as("result %d of %s", i, sample.program())
                    .isTrue();
        }
    }
}
