package motley.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.data.DatasetException;
import motley.worker.OwnDatasets;
import picocli.CommandLine.Option;

/// Samples that a device trains on and never gives away.
final class OwnDatasetOptions {
    @Option(
            names = "--data",
            paramLabel = "[NAME=]DIR",
            description = {
                "samples of your own to train on, which never leave this machine: a directory",
                "with train-images and train-labels in IDX form, or a .npz file with x and y.",
                "Others see the name (default: that of the directory), their count and shape, and",
                "what was learnt of them. May be given several times"
            })
    private List<String> given = List.of();

    /// Reads them.
    ///
    /// @throws UserException naming what cannot be read
    OwnDatasets read() {
        Map<String, Path> places = new LinkedHashMap<>();
        for (var one : given) {
            int sign = one.indexOf('=');
            var place = Path.of(one.substring(sign + 1));
            var name = sign < 0 ? place.toAbsolutePath().normalize().getFileName() + "" : "";
            if (sign >= 0) name = one.substring(0, sign);
            if (places.put(name, place) != null) {
                throw new UserException(
                        "--data: %s twice (expected: names that differ)".formatted(name));
            }
        }
        try {
            return OwnDatasets.read(places);
        } catch (DatasetException | IllegalArgumentException e) {
            throw new UserException("--data: " + e.getMessage(), e);
        }
    }
}
