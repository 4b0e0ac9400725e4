package motley.coordinator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// Who may talk to the coordinator: everybody on its own machine where it listens to nobody else,
/// otherwise whoever has the token.
final class Access {
    private static final int TOKEN_BYTES = 24;

    private final Optional<String> token;

    private Access(Optional<String> token) {
        this.token = token;
    }

    static Access ofEverybody() {
        return new Access(Optional.empty());
    }

    /// The token in `file`, which is made with a new one if it does not exist, for its owner only.
    static Access withTokenIn(Path file) throws IOException {
        if (!Files.exists(file)) create(file);
        var token = Files.readString(file).strip();
        if (token.isEmpty()) throw new IOException(file + ": empty (expected: a token)");
        return new Access(Optional.of(token));
    }

    /// Where one is needed.
    Optional<String> token() {
        return token;
    }

    /// Takes equally long for every wrong token of one length.
    boolean isJoinToken(String offered) {
        return token.isEmpty() || isEqual(token.get(), offered);
    }

    /// 24 random bytes in letters that need no quoting in a URL.
    static String randomToken() {
        var bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static boolean isEqual(String expected, String offered) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8),
                offered.getBytes(StandardCharsets.UTF_8));
    }

    private static void create(Path file) throws IOException {
        Files.createFile(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    file, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
        Files.writeString(file, randomToken(), StandardOpenOption.WRITE);
    }
}
