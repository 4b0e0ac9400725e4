package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What a version of parameters is named by in every task: the SHA-256 of the bytes that devices
/// compute with, little-endian f32, in whatever form they came. Two devices that hold the same name
/// hold the same bits; bytes that were damaged on their way have another name.
public final class ParameterHash {
    /// A byte buffer has no more than 2 GiB, and the digest copies what is not on the heap.
    private static final int PART_BYTES = 1 << 20;

    private ParameterHash() {}

    /// The SHA-256 of `parameters`, 64 lower-case hexadecimal digits.
    public static String of(MemorySegment parameters) {
        var digest = sha256();
        for (long at = 0; at < parameters.byteSize(); at += PART_BYTES) {
            long bytes = Math.min(PART_BYTES, parameters.byteSize() - at);
            digest.update(parameters.asSlice(at, bytes).asByteBuffer());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
