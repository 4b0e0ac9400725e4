package motley.data;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A text as a sequence of characters of one fixed vocabulary: those of ASCII, by their codes. Any
/// other character of a UTF-8 text reads as one `?`.
///
/// The first nine tenths are for training, the rest for validation.
public final class TextFile {
    /// Characters of the vocabulary; codes lie below.
    public static final int VOCABULARY = 128;

    /// Bytes a file may have.
    public static final int BYTES_MAX = 1 << 30;

    private static final int VALIDATION_SHARE = 10;

    private final Path file;
    private final byte[] codes;

    private TextFile(Path file, byte[] codes) {
        this.file = file;
        this.codes = codes;
    }

    /// Reads the whole file.
    ///
    /// @throws DatasetException if it is missing, unreadable, longer than [#BYTES_MAX] or no text
    ///     in UTF-8
    public static TextFile read(Path file) {
        if (!Files.isRegularFile(file)) throw new DatasetException(file, "missing");
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(BYTES_MAX);
            if (in.read() >= 0) {
                throw new DatasetException(
                        file, "over %d bytes (expected: fewer)".formatted(BYTES_MAX));
            }
            requireText(file, bytes);
            return new TextFile(file, encode(bytes));
        } catch (IOException e) {
            throw new DatasetException(file, "unreadable: " + e.getMessage(), e);
        }
    }

    /// What is no text would be learnt all the same, and nobody would know what.
    private static void requireText(Path file, byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(1 << 13);
        var outcome = CoderResult.OVERFLOW;
        while (outcome.isOverflow()) {
            outcome = decoder.decode(in, out.clear(), true);
            if (outcome.isError()) throw notText(file, bytes, in.position());
        }
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == 0) throw notText(file, bytes, at);
        }
    }

    private static DatasetException notText(Path file, byte[] bytes, int at) {
        return new DatasetException(
                file,
                "byte 0x%02x at position %d (expected: a text in UTF-8)".formatted(bytes[at], at));
    }

    /// The codes of the characters of a UTF-8 text. Bytes from 128 to 191 continue a character and
    /// give no code of their own.
    public static byte[] encode(byte[] utf8) {
        var codes = new byte[utf8.length];
        int length = 0;
        for (byte b : utf8) {
            boolean continues = (b & 0xC0) == 0x80;
            if (!continues) codes[length++] = b >= 0 ? b : (byte) '?';
        }
        return Arrays.copyOf(codes, length);
    }

    /// Characters of the whole text.
    public int length() {
        return codes.length;
    }

    /// The windows of the first nine tenths.
    ///
    /// @param time characters of a window, at least 1
    /// @throws DatasetException if there is not one window
    public TextWindows train(int time) {
        return windows(0, codes.length - validation(), time);
    }

    /// The windows of the last tenth.
    ///
    /// @param time characters of a window, at least 1
    /// @throws DatasetException if there is not one window
    public TextWindows validation(int time) {
        return windows(codes.length - validation(), codes.length, time);
    }

    private int validation() {
        return codes.length / VALIDATION_SHARE;
    }

    private TextWindows windows(int from, int to, int time) {
        require(time >= 1, "time: %d (expected: at least 1)", time);
        if (to - from <= time) {
            throw new DatasetException(
                    file,
                    "%d characters, of which %d for this part (expected: over %d)"
                            .formatted(codes.length, to - from, time));
        }
        return new TextWindows(Arrays.copyOfRange(codes, from, to), time);
    }
}
