package motley.program;

import static motley.tensor.Require.require;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Names a program by the SHA-256 of its binary form: equal programs have equal hashes, on every
/// device.
///
/// @param hex 64 lower-case hexadecimal digits
public record ProgramHash(String hex) {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

    /// @throws IllegalArgumentException if `hex` is not 64 lower-case hexadecimal digits
    public ProgramHash {
        require(
                DIGITS.matcher(hex).matches(),
                "hex: %s (expected: 64 lower-case hexadecimal digits)",
                hex);
    }

    /// @throws InvalidProgramException if `program` is ill-formed or ill-typed
    public static ProgramHash of(Program program) {
        return ofBytes(ProgramCodec.encode(program));
    }

    /// The hash of an encoded program, without decoding it.
    public static ProgramHash ofBytes(byte[] encoded) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            return new ProgramHash(HexFormat.of().formatHex(sha256.digest(encoded)));
        } catch (NoSuchAlgorithmException missing) { // Every Java platform must have it.
            throw new AssertionError(missing);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
