package motley.app;

import java.io.IOException;

/// Finding a run that was not named.
final class Runs {
    private Runs() {}

    static String newest(ApiClient api) throws IOException, InterruptedException {
        var newest = "";
        long createdAtMs = Long.MIN_VALUE;
        for (var run : api.get("/v1/runs").path("runs")) {
            if (run.path("createdAtMs").asLong() < createdAtMs) continue;
            createdAtMs = run.path("createdAtMs").asLong();
            newest = run.path("id").asText();
        }
        if (newest.isEmpty()) {
            throw new UserException(
                    "no runs; start one with `motley train mnist-cnn --data mnist`");
        }
        return newest;
    }
}
