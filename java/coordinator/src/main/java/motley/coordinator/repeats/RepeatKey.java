package motley.coordinator.repeats;

import static motley.tensor.Require.require;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What tells a repeated request from a new one, chosen by whoever sends it.
///
/// An answer may hold a secret that is shown once, such as a token. So answers are encrypted with
/// AES-256-GCM under a key that follows from this one, which is not kept: who reads the database
/// learns none of them.
///
/// @param person whose request it is
record RepeatKey(String person, String key) {
    private static final int CHARS_MIN = 16;
    private static final int CHARS_MAX = 255;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @throws IllegalArgumentException if it is too easily somebody else's
    RepeatKey {
        boolean isFit =
                key.length() >= CHARS_MIN
                        && key.length() <= CHARS_MAX
                        && key.chars().allMatch(c -> c > ' ' && c < 127);
        require(
                isFit,
                "idempotency-key: %d characters (expected: %d to %d visible ones of ASCII, such as"
                        + " a random UUID)",
                key.length(),
                CHARS_MIN,
                CHARS_MAX);
    }

    /// What it is found by.
    String sha256() {
        return HexFormat.of().formatHex(digest("name"));
    }

    byte[] seal(byte[] reply) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        var sealed = crypt(Cipher.ENCRYPT_MODE, nonce, reply);
        return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
    }

    byte[] open(byte[] sealed) {
        var nonce = Arrays.copyOf(sealed, NONCE_BYTES);
        var rest = Arrays.copyOfRange(sealed, NONCE_BYTES, sealed.length);
        return crypt(Cipher.DECRYPT_MODE, nonce, rest);
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] bytes) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            var secret = new SecretKeySpec(digest("seal"), "AES");
            cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a kept reply cannot be read", e);
        }
    }

    /// @param use so that what names the key does not open the reply
    private byte[] digest(String use) {
        try {
            var text = String.join("\n", "motley", use, person, key);
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
