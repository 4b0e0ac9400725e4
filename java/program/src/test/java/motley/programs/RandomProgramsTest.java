package motley.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Limits;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.Verifier;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import org.junit.jupiter.api.Test;

final class RandomProgramsTest {
    private static final int SEEDS = 300;

    @Test
    void everyOperationOccurs() {
        for (var options : new Options[] {Options.forEngines(), Options.forDerivatives()}) {
            var found = new HashSet<Object>();
            for (long seed = 0; seed < SEEDS; seed++) {
                for (var e : RandomPrograms.generate(seed, options).program().equations()) {
                    found.add(e.op().getClass());
                    found.add(kind(e.op()));
                }
            }
            assertThat(found).containsAll(operations(Op.class)).containsAll(kinds());
        }
    }

    /// In shapes that take several vectors too.
    @Test
    void everyOperationOccursByItself() {
        var found = new HashSet<Object>();
        var large = new HashSet<Object>();
        for (long seed = 0; seed < 20; seed++) {
            for (var sample : RandomPrograms.everyOperation(seed, Options.forLargeValues())) {
                var e = sample.program().equations().getFirst();
                found.add(e.op().getClass());
                found.add(kind(e.op()));
                if (e.out().type().shape().count() > 500) large.add(e.op().getClass());
            }
        }
        assertThat(found).containsAll(operations(Op.class)).containsAll(kinds());
        assertThat(large).containsAll(operations(Op.class));
    }

    @Test
    void programsVerifyAndEvaluateToTheInferredTypes() {
        Seeds.forEach(
                100,
                getClass(),
                "programsVerifyAndEvaluateToTheInferredTypes",
                seed -> {
                    var sample = RandomPrograms.generate(seed, Options.forEngines());
                    Verifier.verify(sample.program(), Limits.NONE);
                    var results = Reference.evaluate(sample.program(), sample.operands());
                    assertThat(results.stream().map(Values::type))
                            .isEqualTo(sample.program().resultTypes());
                    assertThat(results.stream().flatMapToDouble(r -> Arrays.stream(r.toArray())))
                            .allMatch(Double::isFinite);
                });
    }

    @Test
    void equalSeedsGiveEqualSamples() {
        var options = Options.forEngines();
        for (long seed = 0; seed < 10; seed++) {
            assertThat(RandomPrograms.generate(seed, options))
                    .isEqualTo(RandomPrograms.generate(seed, options))
                    .isNotEqualTo(RandomPrograms.generate(seed + 1, options));
        }
    }

    private static Set<Object> operations(Class<?> family) {
        var found = new HashSet<Object>();
        for (var member : family.getPermittedSubclasses()) {
            if (member.isRecord()) found.add(member);
            else found.addAll(operations(member));
        }
        return found;
    }

    private static Set<Object> kinds() {
        var kinds = new HashSet<Object>();
        Stream.of(
                        UnaryKind.values(),
                        BinaryKind.values(),
                        CompareKind.values(),
                        ReduceKind.values())
                .forEach(values -> kinds.addAll(Arrays.asList(values)));
        return kinds;
    }

    private static Object kind(Op op) {
        return switch (op) {
            case Op.Unary(var kind) -> kind;
            case Op.Binary(var kind) -> kind;
            case Op.Compare(var kind) -> kind;
            case Op.Reduce(var kind, _) -> kind;
            default -> op.getClass();
        };
    }
}
