package motley.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Goes on from what a run has learnt.
@Command(
        name = "continue",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a run that goes on from a checkpoint of another one, which is not changed.",
            "It has that run's settings, but for those given here, and its optimizer's state if",
            "the optimizer stays the same.",
            "",
            "  motley continue r3k7x2m9pq --epochs 3 --learning-rate 1e-4",
            "  motley continue r3k7x2m9pq --best --optimizer sgd --learning-rate 0.01"
        })
final class ContinueCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Option(
            names = "--best",
            description = "from the checkpoint with the lowest test loss, not from the latest")
    private boolean best;

    @Option(names = "--epochs", paramLabel = "N", description = "more epochs")
    private Optional<Integer> epochs = Optional.empty();

    @Option(names = "--batch-size", paramLabel = "N", description = "samples of a step")
    private Optional<Integer> batchSize = Optional.empty();

    @Option(names = "--tasks", paramLabel = "N", description = "micro-batches of a step")
    private Optional<Integer> tasks = Optional.empty();

    @Option(names = "--optimizer", paramLabel = "NAME", description = "another one begins anew")
    private Optional<String> optimizer = Optional.empty();

    @Option(names = "--learning-rate", paramLabel = "X", description = "the highest, per step")
    private Optional<Double> learningRate = Optional.empty();

    @Option(names = "--schedule", paramLabel = "NAME", description = "of the learning rate")
    private Optional<String> schedule = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "of the order of the samples; the same one repeats it")
    private Optional<Long> seed = Optional.empty();

    @Mixin private KeepingOptions keeping = new KeepingOptions();
    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        var console = output.console();
        var changes = changes();
        var query = best ? "?checkpoint=best" : "";
        return Calls.with(
                coordinator,
                api -> {
                    var begun = api.post("/v1/runs/" + run + "/continue" + query, changes);
                    var id = begun.path("id").asText();
                    console.emit("started", Map.of("run", id, "ancestor", run));
                    console.say("run %s goes on from %s; Ctrl-C leaves it".formatted(id, run));
                    var end = new RunFollower(api, console, begun).follow(() -> {});
                    console.emit("run", Calls.fields(end));
                    var status = end.path("status").asText();
                    var why = end.path("waiting").asText();
                    console.say("run %s %s: %s".formatted(id, status, why));
                    console.say("its weights: motley download %s --out FILE".formatted(id));
                    return status.equals("finished") ? 0 : 1;
                });
    }

    private ObjectNode changes() {
        var changes = JsonNodeFactory.instance.objectNode();
        epochs.ifPresent(value -> changes.put("epochs", value));
        batchSize.ifPresent(value -> changes.put("batchSize", value));
        tasks.ifPresent(value -> changes.put("tasks", value));
        optimizer.ifPresent(value -> changes.put("optimizer", value));
        learningRate.ifPresent(value -> changes.put("learningRate", value));
        schedule.ifPresent(value -> changes.put("schedule", value));
        seed.ifPresent(value -> changes.put("seed", value));
        keeping.addTo(changes);
        return changes;
    }
}
