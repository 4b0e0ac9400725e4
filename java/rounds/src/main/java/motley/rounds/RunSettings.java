package motley.rounds;

/// What one run does.
///
/// @param seed names the order of the samples and every other random choice of the run; the loop
///     only passes it on
public record RunSettings(long seed, Schedule schedule, Policy policy, Strategy strategy) {
    /// The schedule becomes that of the strategy's local steps.
    public RunSettings {
        schedule = schedule.with(strategy.local());
    }

    /// Settings of a run whose rounds wait for every task.
    public RunSettings(long seed, Schedule schedule, Policy policy) {
        this(seed, schedule, policy, Strategy.SYNC);
    }

    /// The most contributions that one update takes.
    public int contributionsMax() {
        int asked = Math.max(schedule.tasks(), strategy.k());
        return policy.ownTerms().isPresent() ? Math.max(asked, OwnTerms.DEVICES_MAX) : asked;
    }

    /// These settings with other dials.
    public RunSettings with(Strategy other) {
        return new RunSettings(seed, schedule, policy, other);
    }
}
