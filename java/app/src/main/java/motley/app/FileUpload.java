package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// Sends a file of any size to a coordinator in as many pieces as the network needs: a cut, a crash
/// of this program or of the coordinator costs what was on its way, no more.
record FileUpload(ApiClient api, Console console) {
    /// How long nothing may arrive before it is given up.
    private static final long STALLED_MS_MAX = 120_000;

    private static final long PAUSE_MS = 500;

    /// Where a file is, and what it should be called there.
    ///
    /// @return the upload's id
    String send(Path file, String name) throws IOException, InterruptedException {
        long sizeBytes = Files.size(file);
        if (sizeBytes == 0) throw new UserException("file: %s is empty".formatted(file));
        var sha256 = sha256(file);
        var upload = begun(name, sizeBytes, sha256);
        var path = "/v1/uploads/" + upload.path("id").asText();
        long offset = upload.path("offset").asLong();
        if (offset > 0) console.say("%s: goes on at byte %d".formatted(name, offset));
        if (!upload.path("isComplete").asBoolean()) append(file, path, sizeBytes);
        console.say("%s: %s there".formatted(name, bytes(sizeBytes)));
        return upload.path("id").asText();
    }

    /// The upload of this very file if it was begun before, or a new one.
    private JsonNode begun(String name, long sizeBytes, String sha256)
            throws IOException, InterruptedException {
        for (var upload : api.get("/v1/uploads").path("uploads")) {
            boolean isSame =
                    upload.path("name").asText().equals(name)
                            && upload.path("size").asLong() == sizeBytes
                            && upload.path("sha256").asText().equals(sha256);
            if (isSame) return upload;
        }
        var wish =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("name", name)
                        .put("size", sizeBytes)
                        .put("sha256", sha256);
        return api.post("/v1/uploads", wish);
    }

    private void append(Path file, String path, long sizeBytes)
            throws IOException, InterruptedException {
        long reached = -1;
        long stalledSinceMs = System.currentTimeMillis();
        while (true) {
            try {
                long offset = api.get(path).path("offset").asLong();
                if (offset == sizeBytes) return;
                long now = System.currentTimeMillis();
                if (offset > reached) stalledSinceMs = now;
                reached = Math.max(reached, offset);
                if (now - stalledSinceMs > STALLED_MS_MAX) throw stalled(path, offset);
                if (api.append(path, file, offset)) return;
            } catch (ApiClient.AwayException e) {
                if (System.currentTimeMillis() - stalledSinceMs > STALLED_MS_MAX) throw e;
                console.say("the upload is cut (%s); it goes on".formatted(e.getMessage()));
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private static IOException stalled(String path, long offset) {
        return new IOException(
                "%s: nothing arrived beyond byte %d for %d s"
                        .formatted(path, offset, STALLED_MS_MAX / 1000));
    }

    static String bytes(long count) {
        if (count < 1 << 20) return "%d bytes".formatted(count);
        return String.format(Locale.ROOT, "%.1f MiB", count / 1048576.0);
    }

    private static String sha256(Path file) throws IOException {
        try (var in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has it.
        }
    }
}
