package motley.coordinator;

import motley.wire.RunManifest;

/// What devices are told of the samples of a run.
final class DatasetFiles {
    private DatasetFiles() {}

    static RunManifest.DatasetBlobs of(RunRequest.Dataset dataset) {
        return switch (dataset) {
            case RunRequest.Images(var train, var test, int classes) ->
                    new RunManifest.Images(
                            train.images(), train.labels(), test.images(), test.labels(), classes);
            case RunRequest.Stored stored -> new RunManifest.Shards(stored.index());
            case RunRequest.HeldBack(var whole, double _, var held) ->
                    new RunManifest.HeldBack(of(whole), held.samples(), held.seed());
            case RunRequest.OnDevices own -> new RunManifest.Own(own.name(), of(own.test()));
            case RunRequest.Whole(var form, var blob, int _, int _) ->
                    switch (form) {
                        case ARRAYS -> new RunManifest.Arrays(blob);
                        case TEXT -> new RunManifest.Text(blob);
                    };
        };
    }
}
