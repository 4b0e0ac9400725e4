package motley.coordinator.datasets;

import java.util.List;
import java.util.Optional;

/// A data set with its versions, oldest first.
///
/// @param owner a person's id
/// @param name unique among what the owner has
public record Dataset(
        String id, String owner, String name, long createdAtMs, List<Version> versions) {
    public Dataset {
        versions = List.copyOf(versions);
    }

    /// The newest version that is ready.
    public Optional<Version> newest() {
        return versions.reversed().stream()
                .filter(version -> version.status() == Version.Status.READY)
                .findFirst();
    }
}
