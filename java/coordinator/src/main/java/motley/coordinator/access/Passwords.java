package motley.coordinator.access;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import motley.coordinator.http.Problem;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Passwords and their Argon2id hashes, in the form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Any
/// thread may call; a hash takes some tens of milliseconds and 19 MiB, so few are made at once.
///
/// Source: RFC 9106; the parameters are the OWASP password storage cheat sheet's second choice.
final class Passwords {
    static final int LENGTH_MIN = 10;
    static final int LENGTH_MAX = 200;

    /// Hashes made at once, which bounds their memory to 38 MiB.
    static final int HASHES_AT_ONCE = 2;

    private static final Cost COST = new Cost(19 << 10, 2, 1);
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pattern FORM =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d)\\$([^$]+)\\$([^$]+)");

    /// Those of ten letters and more that lists of common passwords begin with.
    private static final Set<String> COMMON =
            Set.of(
                    "1234567890",
                    "0123456789",
                    "0987654321",
                    "12345678910",
                    "123456789a",
                    "1q2w3e4r5t",
                    "1qaz2wsx3edc",
                    "qwertyuiop",
                    "qwertzuiop",
                    "asdfghjkl;",
                    "password12",
                    "password123",
                    "password1234",
                    "passwordpassword",
                    "iloveyou12",
                    "administrator",
                    "letmein123",
                    "welcome123",
                    "changeme123",
                    "football123");

    private final Semaphore places = new Semaphore(HASHES_AT_ONCE, true);

    /// What no password has: comparing with it takes as long as with a real one. It is drawn and
    /// not computed, as a computed one would hold up the start of every coordinator.
    private final String decoy = written(COST, random(SALT_BYTES), random(HASH_BYTES));

    /// What a hash costs.
    private record Cost(int memoryKiB, int passes, int lanes) {}

    /// The hash of a password, with a salt of its own.
    ///
    /// @throws Problem if too many others wait for theirs
    String hash(String password) {
        var salt = random(SALT_BYTES);
        return written(COST, salt, argon2id(password, salt, COST));
    }

    private static String written(Cost cost, byte[] salt, byte[] hash) {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(cost.memoryKiB, cost.passes, cost.lanes, text(salt), text(hash));
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /// Whether `hash` is one of this password.
    ///
    /// @throws Problem if too many others wait for theirs
    boolean matches(String password, String hash) {
        var parts = FORM.matcher(hash);
        if (!parts.matches()) return false;
        var cost = new Cost(number(parts.group(1)), number(parts.group(2)), number(parts.group(3)));
        var salt = Base64.getDecoder().decode(parts.group(4));
        var expected = Base64.getDecoder().decode(parts.group(5));
        return MessageDigest.isEqual(expected, argon2id(password, salt, cost));
    }

    /// Takes as long as [#matches] with an account that exists.
    void pretend(String password) {
        var _ = matches(password, decoy);
    }

    /// @throws IllegalArgumentException if `password` is easily guessed
    static void requireGood(String password, String name) {
        require(
                password.length() >= LENGTH_MIN && password.length() <= LENGTH_MAX,
                "password: %d characters (expected: %d to %d)",
                password.length(),
                LENGTH_MIN,
                LENGTH_MAX);
        var lower = password.toLowerCase(Locale.ROOT);
        boolean isCommon = COMMON.contains(lower) || password.chars().distinct().count() < 4;
        require(!isCommon, "password: a common one (expected: one that is hard to guess)");
        require(
                !lower.contains(name) || password.length() >= name.length() + LENGTH_MIN,
                "password: little more than the name (expected: one that is hard to guess)");
    }

    private byte[] argon2id(String password, byte[] salt, Cost cost) {
        var generator = new Argon2BytesGenerator();
        var secret = password.getBytes(StandardCharsets.UTF_8);
        var hash = new byte[HASH_BYTES];
        takePlace();
        try {
            generator.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(cost.memoryKiB)
                            .withIterations(cost.passes)
                            .withParallelism(cost.lanes)
                            .withSalt(salt)
                            .build());
            generator.generateBytes(secret, hash);
            return hash;
        } finally {
            places.release();
            Arrays.fill(secret, (byte) 0);
        }
    }

    private void takePlace() {
        try {
            if (places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Problem(HttpStatus.SERVICE_UNAVAILABLE, "many log in at once; try again soon");
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }
}
