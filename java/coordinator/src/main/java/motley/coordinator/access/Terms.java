package motley.coordinator.access;

/// How people come in.
///
/// @param signUp who may make an account
/// @param proxies whose word on where a request comes from is believed
public record Terms(SignUp signUp, Proxies proxies) {
    /// By invitation, with no proxy before the coordinator.
    public static final Terms USUAL = new Terms(SignUp.INVITE, Proxies.NONE);
}
