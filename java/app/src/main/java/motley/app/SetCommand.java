package motley.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Gives a run other dials.
@Command(
        name = "set",
        mixinStandardHelpOptions = true,
        description = {
            "Gives a run another strategy, or other dials of its strategy, while it goes on. They",
            "are in force from its next step on, and kept if the coordinator stops. What is not",
            "named stays as it is. For instance, where one device turns out to be slow:",
            "",
            "  motley set RUN --strategy k-batch --k 6",
            "  motley set RUN --strategy async --staleness 8"
        })
final class SetCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Mixin private StrategyOptions strategy = new StrategyOptions();
    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        if (!strategy.isGiven()) {
            throw new UserException("nothing to set (expected: --strategy, --k or --staleness)");
        }
        var change = JsonNodeFactory.instance.objectNode();
        strategy.addTo(change);
        var console = output.console();
        var answer = Calls.with(coordinator, api -> api.patch("/v1/runs/" + run, change));
        console.emit("run", Calls.fields(answer));
        var request = answer.path("request");
        console.say(
                "run %s goes on with %s%s%s from its next step"
                        .formatted(
                                run,
                                request.path("strategy").asText(),
                                dial(" --k ", request.path("k").asInt()),
                                dial(" --staleness ", request.path("staleness").asInt())));
    }

    private static String dial(String option, int value) {
        return value == 0 ? "" : option + value;
    }
}
