package motley.coordinator.access;

/// Who may make an account.
public enum SignUp {
    /// Everybody who reaches the coordinator.
    OPEN,
    /// Who has an invitation.
    INVITE,
    /// Nobody; administrators add accounts.
    CLOSED
}
