package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A run on a stage: a scenario tells it what happens, and looks at what it does about it.
final class Play {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private State state;
    private Instant now = START;
    private List<Effect> effects = List.of();

    private Play(State state) {
        this.state = state;
    }

    static Play of(RunSettings settings) {
        return new Play(State.initial(settings, 1, START));
    }

    /// Two rounds of two tasks of four samples each, one epoch, nothing to evaluate.
    static Play ofTwoRounds() {
        return of(settings(new Schedule(16, 0, 8, 2, 1, true)));
    }

    static RunSettings settings(Schedule schedule) {
        return new RunSettings(17, schedule, Policy.DEFAULT);
    }

    static Play from(State state) {
        return new Play(state);
    }

    State state() {
        return state;
    }

    Instant now() {
        return now;
    }

    List<Effect> happens(Event event) {
        var step = Rounds.step(state, event, now);
        state = step.state();
        effects = step.effects();
        return effects;
    }

    List<Effect> passes(Duration time) {
        now = now.plus(time);
        return happens(new Event.Tick());
    }

    void passesUnnoticed(Duration time) {
        now = now.plus(time);
    }

    DeviceId joins(long number) {
        var device = new DeviceId(number);
        happens(new Event.DeviceJoined(device, "jvm"));
        return device;
    }

    /// The device asks for work and must get it at once.
    Task asks(DeviceId device) {
        happens(new Event.WorkRequested(device));
        return assigned(device).orElseThrow(() -> new AssertionError("no work for " + device));
    }

    /// The device asks for work and must wait.
    void asksInVain(DeviceId device) {
        happens(new Event.WorkRequested(device));
        assigned(device)
                .ifPresent(
                        task -> {
                            throw new AssertionError("given " + task);
                        });
    }

    Optional<Task> assigned(DeviceId device) {
        return all(Effect.Assign.class).stream()
                .filter(assign -> assign.device().equals(device))
                .map(Effect.Assign::task)
                .findFirst();
    }

    List<Effect> answers(DeviceId device, Task task) {
        return offers(device, answer(task));
    }

    List<Effect> offers(DeviceId device, Contribution contribution) {
        return happens(new Event.ContributionOffered(device, contribution));
    }

    void mustAccept(DeviceId device, Task task) {
        var expected = new Effect.Accept(device, task);
        if (!answers(device, task).contains(expected)) throw new AssertionError(effects);
    }

    /// The reason of the refusal there must have been.
    Refusal refusal() {
        return all(Effect.Refuse.class).getFirst().reason();
    }

    <E extends Effect> List<E> all(Class<E> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <F extends Fact> List<F> facts(Class<F> kind) {
        return all(Effect.Note.class).stream()
                .map(Effect.Note::fact)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    static Contribution answer(Task task) {
        return answer(task, new Contribution.Inspection(true, true, task.samples().count()));
    }

    static Contribution answer(Task task, Contribution.Inspection inspection) {
        int count = task.samples().count();
        var report =
                new Contribution.Report(
                        count, 2.0 * count, Math.floorDiv(count, 2), Duration.ofMillis(5));
        return new Contribution(task.key(), report, inspection, "digest");
    }

    static Contribution answerWithNorm(Task task, double norm) {
        return answer(task, new Contribution.Inspection(true, true, norm));
    }

    static Contribution answerNotFinite(Task task) {
        return answer(task, new Contribution.Inspection(true, false, Double.NaN));
    }
}
