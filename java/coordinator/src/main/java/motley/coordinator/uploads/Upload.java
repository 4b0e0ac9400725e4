package motley.coordinator.uploads;

import java.util.Optional;

/// A file on its way in, or there.
///
/// @param owner a person's id
/// @param name as the sender's file is called; for people, never a path here
/// @param offsetBytes how much of it is there
/// @param sha256 what the sender says it is; once it is complete, what it is
public record Upload(
        String id,
        String owner,
        String name,
        long sizeBytes,
        long offsetBytes,
        Optional<String> sha256,
        boolean isComplete,
        long createdAtMs) {}
