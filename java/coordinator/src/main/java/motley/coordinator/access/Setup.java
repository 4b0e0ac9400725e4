package motley.coordinator.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one way to the first administrator's account: a token that is made when the coordinator
/// starts without one, and is good once. It is kept nowhere. Any thread may call.
final class Setup {
    private @Nullable String token;

    Setup(boolean isNeeded) {
        token = isNeeded ? Secret.random() : null;
    }

    synchronized Optional<String> token() {
        return Optional.ofNullable(token);
    }

    synchronized boolean isRight(String offered) {
        return token != null && Secret.isEqual(token, offered);
    }

    /// @return false if it is wrong or somebody else was faster
    synchronized boolean use(String offered) {
        if (!isRight(offered)) return false;
        token = null;
        return true;
    }
}
