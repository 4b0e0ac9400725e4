package motley.program.autodiff;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import motley.programs.GradientCheck;
import motley.programs.OpCase;
import motley.programs.OpCases;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AutodiffProperties {
    private static final int PROGRAMS = 150;

    static Stream<OpCase> operations() {
        return OpCases.all();
    }

    /// Twice, since the pullback of each operation may consist of any others.
    @ParameterizedTest
    @MethodSource("operations")
    void derivativesOfEveryOperationAreDifferenceQuotients(OpCase operation) {
        var random = new SplittableRandom(1);
        GradientCheck.checkTwice(operation.sample(random, GradientCheck.STEP), random);
    }

    @Test
    void derivativesOfRandomProgramsAreDifferenceQuotients() {
        Seeds.forEach(
                PROGRAMS,
                getClass(),
                "derivativesOfRandomProgramsAreDifferenceQuotients",
                seed -> {
                    var sample = RandomPrograms.generate(seed, Options.forDerivatives());
                    GradientCheck.check(sample, new SplittableRandom(seed));
                });
    }
}
