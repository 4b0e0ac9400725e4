package motley.coordinator.access;

/// What a token of a person may be used for, within what the person may do.
enum TokenScope {
    /// Look at things.
    READ,
    /// Add and change things, start and steer runs.
    TRAIN,
    /// Join as a device, and make tokens with which devices join.
    DEVICES,
    /// What only administrators may do.
    ADMIN,
    /// Read the coordinator's figures, of an administrator's token.
    METRICS,
    /// The person's own account: password and tokens.
    ACCOUNT
}
