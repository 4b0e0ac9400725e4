package motley.wire.encoding;

import static motley.tensor.Require.require;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// One version of parameters rounded to bfloat16, whole or as the difference to a version before,
/// without loss.
///
/// ```
/// bytes  0 …  7   version
/// bytes  8 … 15   version that it is the difference to; -1: none, the words are whole
/// bytes 16 … 47   SHA-256 of all words of the version, little-endian
/// bytes 48 …      deflated: for each 4096 words their lower bytes, then their upper bytes
/// ```
///
/// A difference is `word - before` modulo 2¹⁶, folded so that small ones of either sign are small
/// (0, -1, 1, -2, …). Neighbouring bfloat16 of one sign are neighbouring words, so a step of the
/// optimizer changes few bits, and the upper bytes are nearly all 0.
///
/// Whoever applies a frame compares the hash: a difference to other words than were held is always
/// noticed.
public final class ParameterFrame {
    private static final int HEADER_BYTES = 48;
    private static final int HASH_AT = 16;
    private static final long WHOLE = -1;

    /// Fast: differences are mostly zeros, and a better search finds little more.
    private static final int LEVEL = Deflater.BEST_SPEED;

    private ParameterFrame() {}

    /// Rounds floats to words.
    ///
    /// @param from little-endian f32
    /// @param into as many 16-bit words
    public static void round(MemorySegment from, MemorySegment into) {
        var bits = new int[Layout.TILE];
        var words = new short[Layout.TILE];
        int count = Math.toIntExact(into.byteSize() / 2);
        for (int at = 0; at < count; at += Layout.TILE) {
            int length = Math.min(Layout.TILE, count - at);
            MemorySegment.copy(from, Layout.I32, 4L * at, bits, 0, length);
            WordKernel.toWords(bits, 0, words, 0, length);
            MemorySegment.copy(words, 0, into, Layout.I16, 2L * at, length);
        }
    }

    /// Writes what `words` stand for into `into`, little-endian f32.
    public static void widen(MemorySegment words, MemorySegment into) {
        var tile = new short[Layout.TILE];
        var bits = new int[Layout.TILE];
        int count = Math.toIntExact(words.byteSize() / 2);
        for (int at = 0; at < count; at += Layout.TILE) {
            int length = Math.min(Layout.TILE, count - at);
            MemorySegment.copy(words, Layout.I16, 2L * at, tile, 0, length);
            WordKernel.fromWords(tile, 0, bits, 0, length);
            MemorySegment.copy(bits, 0, into, Layout.I32, 4L * at, length);
        }
    }

    /// A version that needs no other.
    public static byte[] whole(long version, MemorySegment words) {
        return write(version, WHOLE, words, Optional.empty());
    }

    /// `version` as what has changed since `base`, which has as many words.
    public static byte[] difference(
            long version, MemorySegment words, long base, MemorySegment baseWords) {
        require(base >= 0, "base: %d (expected: at least 0)", base);
        return write(version, base, words, Optional.of(baseWords));
    }

    private static byte[] write(
            long version, long base, MemorySegment words, Optional<MemorySegment> before) {
        var bytes = new ByteArrayOutputStream(HEADER_BYTES + 1024);
        var header = new byte[HEADER_BYTES];
        var fields = MemorySegment.ofArray(header);
        fields.set(Layout.I64, 0, version);
        fields.set(Layout.I64, 8, base);
        MemorySegment.copy(MemorySegment.ofArray(hash(words)), 0, fields, HASH_AT, 32);
        bytes.writeBytes(header);
        var deflater = new Deflater(LEVEL, true);
        try (var out = new DeflaterOutputStream(bytes, deflater, 1 << 16)) {
            int count = Math.toIntExact(words.byteSize() / 2);
            var planes = new byte[2 * Layout.TILE];
            for (int at = 0; at < count; at += Layout.TILE) {
                int length = Math.min(Layout.TILE, count - at);
                for (int i = 0; i < length; i++) {
                    long place = 2L * (at + i);
                    int word = words.get(Layout.I16, place);
                    int sent =
                            before.isEmpty()
                                    ? word
                                    : folded((short) (word - before.get().get(Layout.I16, place)));
                    planes[i] = (byte) sent;
                    planes[length + i] = (byte) (sent >>> 8);
                }
                out.write(planes, 0, 2 * length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    /// What comes of applying a frame.
    public enum Applied {
        /// The parameters are those of the version.
        DONE,
        /// The hash is another: nothing is held any more.
        OTHER_HASH,
        /// It is the difference to a version that is not held.
        OTHER_BASE
    }

    /// Reads the frame of `version` from `in` and makes `parameters` that version.
    ///
    /// @param parameters little-endian f32; if `held` is present, of that version
    /// @throws IOException if the frame is cut off, too long, or of another version
    public static Applied apply(
            InputStream in, long version, OptionalLong held, MemorySegment parameters)
            throws IOException {
        var header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) throw new EOFException("parameters: cut off");
        var fields = MemorySegment.ofArray(header);
        long found = fields.get(Layout.I64, 0);
        if (found != version) {
            throw new IOException(
                    "parameters: version %d (expected: %d)".formatted(found, version));
        }
        long base = fields.get(Layout.I64, 8);
        boolean isWhole = base == WHOLE;
        if (!isWhole && (held.isEmpty() || held.getAsLong() != base)) return Applied.OTHER_BASE;
        var hash = patch(in, isWhole, parameters);
        var expected = fields.asSlice(HASH_AT, 32);
        return expected.mismatch(MemorySegment.ofArray(hash)) < 0
                ? Applied.DONE
                : Applied.OTHER_HASH;
    }

    /// @return the hash of the words that come out
    private static byte[] patch(InputStream in, boolean isWhole, MemorySegment parameters)
            throws IOException {
        var digest = sha256();
        int count = Math.toIntExact(parameters.byteSize() / 4);
        var planes = new byte[2 * Layout.TILE];
        var words = new byte[2 * Layout.TILE];
        var inflater = new Inflater(true);
        try (var inflated = new InflaterInputStream(in, inflater, 1 << 16)) {
            for (int at = 0; at < count; at += Layout.TILE) {
                int length = Math.min(Layout.TILE, count - at);
                if (inflated.readNBytes(planes, 0, 2 * length) < 2 * length) {
                    throw new EOFException("parameters: cut off");
                }
                for (int i = 0; i < length; i++) {
                    int sent = (planes[i] & 0xff) | ((planes[length + i] & 0xff) << 8);
                    long place = 4L * (at + i);
                    int before = isWhole ? 0 : parameters.get(Layout.I32, place) >>> 16;
                    int word = isWhole ? sent : before + unfolded(sent) & 0xffff;
                    parameters.set(Layout.I32, place, word << 16);
                    words[2 * i] = (byte) word;
                    words[2 * i + 1] = (byte) (word >>> 8);
                }
                digest.update(words, 0, 2 * length);
            }
            if (inflated.read() >= 0) throw new IOException("parameters: longer than expected");
        } finally {
            inflater.end();
        }
        return digest.digest();
    }

    private static int folded(short difference) {
        return (difference << 1 ^ difference >> 15) & 0xffff;
    }

    private static int unfolded(int folded) {
        return folded >>> 1 ^ -(folded & 1);
    }

    private static byte[] hash(MemorySegment words) {
        var digest = sha256();
        digest.update(words.asByteBuffer());
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
