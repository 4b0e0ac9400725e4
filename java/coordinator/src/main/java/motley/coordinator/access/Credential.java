package motley.coordinator.access;

import java.util.EnumSet;
import java.util.Set;

/// What a person has shown with a request.
sealed interface Credential {
    /// What it is good for; all of it but for tokens.
    default Set<TokenScope> scopes() {
        return EnumSet.allOf(TokenScope.class);
    }

    /// Nothing, where nothing is asked.
    record None() implements Credential {}

    /// The token in the coordinator's home folder.
    record HomeToken() implements Credential {}

    /// A browser's cookie.
    record Cookie(String session) implements Credential {}

    /// A token of a person.
    record Token(ApiToken token) implements Credential {
        @Override
        public Set<TokenScope> scopes() {
            return token.scopes();
        }
    }
}
