package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import motley.coordinator.http.Reply;
import org.junit.jupiter.api.Test;

/// Which settings go together, and what is said where they do not.
final class StrategyRulesTest {
    @Test
    void momentumBesideOldAnswersMustBeDelayed() {
        refused(
                request().put("strategy", "async").put("optimizer", "nesterov"),
                "optimizer: momentum 0.9 (expected: at most 0.5 with async",
                "delayed-nesterov");
        plan(request().put("strategy", "async").put("optimizer", "delayed-nesterov:every=3"));
        plan(request().put("strategy", "async").put("optimizer", "sgd:momentum=0.5"));
        plan(request().put("strategy", "k-batch").put("optimizer", "nesterov"));
    }

    @Test
    void fragmentsBringReplicas() {
        var local = plan(local().put("fragments", 2)).settings().strategy().local();
        assertThat(local.replicas()).isTrue();
        assertThat(local.stepsOfRound()).isEqualTo(5);
        assertThat(plan(local()).settings().strategy().local().replicas()).isFalse();
        assertThat(plan(local().put("replicas", true)).settings().strategy().local().replicas())
                .isTrue();
    }

    @Test
    void whatDoesNotGoWithReplicasAndFragmentsIsRefused() {
        refused(
                local().put("fragments", 3),
                "fragments: 3 (expected: a divisor of localSteps, 10)");
        refused(local().put("fragments", 10), "fragments: 10 (expected: at most");
        refused(local().put("fragments", 0), "fragments: 0 (expected: a whole number, at least 1)");
        refused(local().put("localSteps", 130).put("fragments", 65), "fragments: 65");
        refused(
                local().put("fragments", 2).put("replicas", false),
                "replicas: false (expected: true with 2 fragments");
        refused(local().put("fragments", 2).put("localEpochs", 2), "fragments: 2 (expected: 1,");
        refused(
                local().put("fragments", 2).put("encoding", "top-k:0.01"),
                "encoding: top-k:0.01 beside fragments");
        refused(
                local().put("replicas", true).put("trust", "audit"),
                "replicas: true beside audits");
        refused(request().put("fragments", 2), "fragments: 2 (expected: strategy local too)");
        refused(request().put("replicas", true), "replicas: true (expected: strategy local too)");
    }

    private static ObjectNode local() {
        return request().put("strategy", "local").put("localSteps", 10).put("warmUpRounds", 2);
    }

    private static ObjectNode request() {
        var request = Reply.object().put("model", "mnist-mlp").put("batchSize", 32);
        var dataset = request.putObject("dataset").put("classes", 10);
        for (var part : new String[] {"train", "test"}) {
            dataset.put(part + "Images", "a".repeat(64))
                    .put(part + "Labels", "b".repeat(64))
                    .put(part + "Samples", 1_000);
        }
        return request;
    }

    private static RunPlan plan(ObjectNode request) {
        return RunPlan.of(RunRequestJson.parse(request.toString()));
    }

    private static void refused(ObjectNode request, String... parts) {
        assertThatThrownBy(() -> plan(request))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(parts);
    }
}
