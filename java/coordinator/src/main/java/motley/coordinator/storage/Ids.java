package motley.coordinator.storage;

import java.security.SecureRandom;

/// Names of stored things that are easy to read out and not to be guessed.
public final class Ids {
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 10;

    private Ids() {}

    /// A name that was never used before.
    ///
    /// @param kind the first letter, which says what is named
    public static String next(char kind) {
        var random = new SecureRandom();
        var id = new StringBuilder().append(kind);
        for (int i = 0; i < LENGTH; i++)
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return id.toString();
    }
}
