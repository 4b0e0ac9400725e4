package motley.app;

import java.nio.file.Path;
import java.util.Map;

/// Where everything lives that must survive: `MOTLEY_HOME`, by default `~/.motley`.
record Home(Path directory) {
    static Home of(Map<String, String> environment) {
        var named = environment.get("MOTLEY_HOME");
        if (named != null && !named.isBlank()) return new Home(Path.of(named).toAbsolutePath());
        return new Home(Path.of(System.getProperty("user.home"), ".motley"));
    }

    static Home ofThisProcess() {
        return of(System.getenv());
    }

    /// Runs, blobs and checkpoints of `motley serve`.
    Path coordinator() {
        return directory.resolve("coordinator");
    }

    /// What this person is known by at coordinators.
    Path credentials() {
        return directory.resolve("credentials.json");
    }

    Path datasets() {
        return directory.resolve("datasets");
    }

    /// Weights that `motley train` wrote without `--out`.
    Path models() {
        return directory.resolve("models");
    }

    /// A new folder for the coordinator of one `motley train`.
    Path newTraining() {
        return directory.resolve("trainings").resolve("" + ProcessHandle.current().pid());
    }
}
