package motley.coordinator.models;

import java.util.List;

/// A model that somebody gave, with its versions, oldest first.
///
/// @param owner a person's id
/// @param name unique among what the owner has
public record StoredModel(
        String id, String owner, String name, long createdAtMs, List<Version> versions) {
    public StoredModel {
        versions = List.copyOf(versions);
    }

    /// What it was at a time; never changes.
    ///
    /// @param number from 1 on
    /// @param blob weights with their model, as safetensors; without weights the model as JSON
    /// @param description what was found in it, as JSON
    public record Version(
            int number,
            String blob,
            boolean hasWeights,
            long sizeBytes,
            String description,
            long createdAtMs) {}

    /// The newest version; there is always one.
    public Version newest() {
        return versions.getLast();
    }
}
