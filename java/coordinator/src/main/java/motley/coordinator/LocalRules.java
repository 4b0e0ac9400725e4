package motley.coordinator;

import static motley.tensor.Require.require;

import motley.rounds.Strategy;

/// What replicas and fragments ask of the other settings of a run.
final class LocalRules {
    private LocalRules() {}

    /// @throws IllegalArgumentException naming the setting that does not fit, and one that does
    static void requireFit(RunRequest request) {
        var local = request.strategy().local();
        if (!local.isUsed()) return;
        Fragments.of(request.model().parameters(), local.fragments());
        if (local.replicas()) requireReplicasFit(request, local);
    }

    private static void requireReplicasFit(RunRequest request, Strategy.Local local) {
        var precautions = request.crew().precautions();
        require(
                !precautions.audits(),
                "replicas: true beside audits (expected: false: an answer that depends on what a"
                        + " device has kept cannot be computed again elsewhere)");
        require(
                local.fragments() == 1 || !precautions.aggregation().isApart(),
                "fragments: %d beside a robust rule (expected: 1, or the mean)",
                local.fragments());
        boolean remembers =
                !request.transfer().encodingOver(Transfer.Way.HTTP).isStateless()
                        || !request.transfer().encodingOver(Transfer.Way.FILES).isStateless();
        require(
                local.fragments() == 1 || !remembers,
                "encoding: %s beside fragments (expected: f32, bf16, int8, int4 or e3m0: what the"
                        + " others leave out would wait for the same part of the model)",
                request.transfer().encodingText());
    }
}
