package motley.coordinator.access;

/// What a person may do.
public enum Role {
    /// Everything, also with what others own.
    ADMINISTRATOR,
    /// Ask for training: add data and models, start runs.
    REQUESTOR,
    /// Offer devices.
    PROVIDER
}
