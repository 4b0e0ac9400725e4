package motley.coordinator;

import static motley.tensor.Require.require;

import java.util.List;
import motley.nn.Model;
import motley.nn.Optimizer;
import motley.nn.Optimizers;
import motley.nn.ParameterSpec;
import motley.nn.Schedule;
import motley.nn.Schedules;
import motley.rounds.Policy;
import motley.rounds.RunProgress;
import motley.rounds.RunSettings;
import motley.rounds.State;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// What follows from a request: optimizer, schedules.
///
/// @param rate the learning rate per step
/// @param settings of the training loop
/// @param parameterElements of all parameters together
record RunPlan(
        RunRequest request,
        Optimizer optimizer,
        Schedule rate,
        RunSettings settings,
        int parameterElements) {

    /// @throws IllegalArgumentException if the request's numbers do not fit together
    static RunPlan of(RunRequest request) {
        var model = request.model();
        if (request.dataset().whole() instanceof RunRequest.Images images)
            requireFit(images, model);
        var optimizer = Optimizers.named(request.training().descent().optimizer());
        StrategyRules.requireFit(request, schedule(request), optimizer);
        var policy =
                Policy.DEFAULT
                        .withDevices(request.crew().min(), request.crew().max())
                        .withSlowFactor(request.crew().slowFactor())
                        .withTrust(
                                request.crew()
                                        .precautions()
                                        .policy()
                                        .withClassTolerance(request.transfer().classTolerance()));
        if (request.dataset() instanceof RunRequest.OnDevices own) {
            policy = policy.withOwnTerms(own.rules());
        }
        requireFit(request);
        LocalRules.requireFit(request);
        return new RunPlan(
                request,
                optimizer,
                rate(request.training().descent(), optimizer),
                new RunSettings(
                        request.training().seed(), schedule(request), policy, request.strategy()),
                elements(model.parameters()));
    }

    private static void requireFit(RunRequest request) {
        OnDevices.requireFit(request);
        var schedule = schedule(request);
        int contributions = schedule.slots(0);
        var parameters = request.model().parameters();
        request.crew().precautions().aggregation().requireFit(contributions, elements(parameters));
        require(
                !request.crew().precautions().audits() || request.transfer().isComparable(),
                "trust: audit with encoding %s (expected: one whose bytes can be compared, as f32,"
                        + " bf16 or int8)",
                request.transfer().encodingText());
    }

    /// Other kinds of samples are looked at themselves ([Deposits#requireFit]).
    private static void requireFit(RunRequest.Images images, Model model) {
        require(
                model.classes() == images.classes(),
                "classes: %d (expected: %d, what %s tells apart)",
                images.classes(),
                model.classes(),
                model.name());
        require(
                model.input().dtype() == DType.F32 && model.target().equals(TensorType.i32()),
                "model: %s takes %s and targets %s (expected: images and one class for each)",
                model.name(),
                model.input(),
                model.target());
    }

    Model model() {
        return request.model();
    }

    /// The rate of the optimizer step that closes the open round of `state`.
    double rateOf(State state) {
        int round = state.position().round();
        if (RunProgress.isByRounds(state)) return rateOf(round, 0);
        return rate.rate(round + 1L, RunProgress.roundsInRun(state));
    }

    /// The rate of step `step` of a task of round `round`, both counted from 0. Schedules go by the
    /// optimizer steps of the run, wherever they are taken.
    double rateOf(int round, int step) {
        var schedule = settings.schedule();
        long number = schedule.stepsBefore(round) + step + 1;
        return rate.rate(number, schedule.stepsBefore(schedule.roundsInRun()));
    }

    /// Steps that the optimizer's state has seen after `round` rounds: an inner one's rests from
    /// the end of the warm-up on.
    long innerSteps(int round) {
        var local = settings.strategy().local();
        return local.isUsed() ? Math.min(round, local.warmUpRounds()) : round;
    }

    /// The same, with those of the run that this one goes on from.
    long innerStepsInAll(int round) {
        long before = request.ancestor().map(RunRequest.Ancestor::steps).orElse(0L);
        return before + innerSteps(round);
    }

    /// The parts of the model that local rounds synchronise.
    Fragments fragments() {
        return Fragments.of(model().parameters(), settings.strategy().local().fragments());
    }

    /// Elements of an answer to a training task of `round`.
    int contributionElements(int round) {
        var schedule = settings.schedule();
        if (!schedule.isLocal(round)) return parameterElements;
        return fragments().turn(schedule.localRoundsBefore(round)).elements();
    }

    /// Elements of the optimizer's whole state; 0 if it has none.
    int stateElements() {
        return elements(stateSpecs());
    }

    /// The optimizer's state; of the inner one where there are two.
    List<ParameterSpec> stateSpecs() {
        return optimizer.state(trained());
    }

    /// What devices' own steps are taken for a gradient by.
    Optimizer outer() {
        return Optimizers.named(request.outer().optimizer());
    }

    /// The outer optimizer's state; empty where there are no local steps.
    List<ParameterSpec> outerSpecs() {
        return settings.strategy().local().isUsed() ? outer().state(trained()) : List.of();
    }

    int outerElements() {
        return elements(outerSpecs());
    }

    private List<ParameterSpec> trained() {
        return model().parameters().stream().filter(ParameterSpec::isTrained).toList();
    }

    private static int elements(List<ParameterSpec> specs) {
        return specs.stream().mapToInt(spec -> spec.shape().count()).reduce(0, Math::addExact);
    }

    private static motley.rounds.Schedule schedule(RunRequest request) {
        if (request.dataset() instanceof RunRequest.OnDevices own) {
            return OnDevices.schedule(request, own);
        }
        var training = request.training();
        return new motley.rounds.Schedule(
                request.dataset().trainSamples(),
                request.dataset().testSamples(),
                training.batchSize(),
                training.tasks(),
                training.epochs(),
                training.evaluateEveryEpoch());
    }

    private static Schedule rate(RunRequest.Descent descent, Optimizer optimizer) {
        double peak = descent.learningRate().orElse(optimizer.defaultLearningRate());
        var after = Schedules.named(descent.schedule(), peak);
        int warmUpSteps = descent.warmUpSteps();
        return warmUpSteps == 0 ? after : new Schedule.WarmUp(warmUpSteps, after);
    }
}
