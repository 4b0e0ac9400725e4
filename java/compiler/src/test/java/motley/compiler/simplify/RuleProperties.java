package motley.compiler.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.program.Limits;
import motley.program.Program;
import motley.program.Verifier;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.programs.Seeds;
import org.junit.jupiter.api.Test;

/// Laws of single rules, on programs that hold nothing but what the rule looks for. So a rule that
/// never fires fails, and no other rule can hide it.
final class RuleProperties {
    private static final int SEEDS = 40;

    @Test
    void everyRuleFiresAndChangesNoBit() {
        forEach(
                RuleCases.rules(),
                "everyRuleFiresAndChangesNoBit",
                (rule, seed) -> {
                    var sample = rule.sample(seed);
                    var rewritten = rule.thePass().apply(sample.program());
                    assertThat(rewritten).as(rule.rule()).isNotEqualTo(sample.program());
                    Verifier.verify(rewritten, Limits.NONE);
                    assertSameBits(rule.rule(), sample.program(), rewritten, sample.operands());
                });
    }

    @Test
    void aRuleThatHasFiredIsDone() {
        forEach(
                RuleCases.rules(),
                "aRuleThatHasFiredIsDone",
                (rule, seed) -> {
                    var once = rule.thePass().apply(rule.sample(seed).program());
                    assertThat(rule.thePass().apply(once)).as(rule.rule()).isEqualTo(once);
                });
    }

    @Test
    void whatOnlyLooksLikeARuleStays() {
        forEach(
                RuleCases.temptations(),
                "whatOnlyLooksLikeARuleStays",
                (rule, seed) -> {
                    var program = rule.sample(seed).program();
                    assertThat(rule.thePass().apply(program)).as(rule.rule()).isEqualTo(program);
                });
    }

    /// Programs of several triggers through all passes.
    @Test
    void rulesThatFireTogetherChangeNoBit() {
        var cases = RuleCases.rules();
        Seeds.forEach(
                10 * SEEDS,
                getClass(),
                "rulesThatFireTogetherChangeNoBit",
                seed -> {
                    var sample = RuleCase.Site.sample(seed, site -> addSome(cases, site));
                    var rewritten = sample.program();
                    for (var pass : Pass.ALL) rewritten = pass.apply(rewritten);
                    assertSameBits("some", sample.program(), rewritten, sample.operands());
                });
    }

    private static void addSome(List<RuleCase> cases, RuleCase.Site site) {
        for (int i = 0; i < 4; i++) {
            var rule = cases.get(site.random.nextInt(cases.size()));
            site.results.add(rule.trigger().apply(site));
        }
    }

    private interface Check {
        void accept(RuleCase rule, long seed);
    }

    private static void forEach(List<RuleCase> cases, String method, Check check) {
        Seeds.forEach(
                SEEDS,
                RuleProperties.class,
                method,
                seed -> cases.forEach(rule -> check.accept(rule, seed)));
    }

    /// The reference rounds nothing to f32. One rounding of what it gives is what a rule that
    /// evaluates must give: for sums, products, quotients and roots, float64 is wide enough that
    /// rounding twice is rounding once.
    private static void assertSameBits(
            String rule, Program before, Program after, List<Values> operands) {
        var expected = Reference.evaluate(before, operands);
        var results = Reference.evaluate(after, operands);
        for (int r = 0; r < expected.size(); r++) {
            for (int i = 0; i < expected.get(r).count(); i++) {
                float one = (float) expected.get(r).get(i);
                float other = (float) results.get(r).get(i);
                assertThat(Float.compare(one, other))
                        .as("%s: result %d, element %d: %s (expected: %s)", rule, r, i, other, one)
                        .isZero();
            }
        }
    }
}
