package motley.coordinator.uploads;

import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import motley.coordinator.http.BodyReader;
import motley.coordinator.http.Problem;

/// The bytes of an upload. One writer at a time.
record UploadFile(Path path, long sizeBytes) {
    private static final int PART_BYTES = 1 << 20;

    /// A hash on its way.
    ///
    /// @param digest of the first `bytes`
    record Progress(MessageDigest digest, long bytes) {
        /// The hash in hexadecimal digits, once; the digest is spent then.
        String name() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    long offsetBytes() throws IOException {
        return Files.size(path);
    }

    /// Appends all of `body`. Memory does not grow with it.
    ///
    /// @param before the hash of what is here, where it is known
    /// @throws IOException if the sender is gone; what arrived is on the disk
    Progress append(BodyReader body, Optional<Progress> before)
            throws IOException, InterruptedException {
        try (var file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = file.size();
            long end = at;
            var digest = before.filter(known -> known.bytes == end).map(Progress::digest);
            var hash = digest.isPresent() ? digest.get() : hash(file);
            file.position(at);
            try {
                for (var part = body.next(); part.isPresent(); part = body.next()) {
                    var bytes = part.get();
                    if (bytes.remaining() > sizeBytes - at) throw tooLong();
                    hash.update(bytes.duplicate());
                    at += bytes.remaining();
                    while (bytes.hasRemaining()) file.write(bytes);
                }
            } finally {
                file.force(true);
            }
            return new Progress(hash, at);
        }
    }

    private Problem tooLong() {
        return new Problem(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "body: longer than the upload (expected: %d bytes in all)".formatted(sizeBytes));
    }

    private static MessageDigest hash(FileChannel file) throws IOException {
        var digest = sha256();
        var part = ByteBuffer.allocate(PART_BYTES);
        file.position(0);
        while (file.read(part.clear()) >= 0) digest.update(part.flip());
        return digest;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
