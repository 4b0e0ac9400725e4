package motley.coordinator.uploads;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import motley.coordinator.access.Person;
import motley.coordinator.http.BodyReader;
import motley.coordinator.http.Problem;
import motley.coordinator.storage.Ids;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files that people send, in as many pieces as their network needs.
///
/// A file grows at its end only, and how long it is, is how much has arrived: that holds after a
/// cut, a crash of the sender and one of the coordinator. Bytes are hashed as they come; after a
/// restart those that are here are read again. Any thread may call.
public final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int NAME_CHARS_MAX = 255;

    /// Left free on the disk for everything else.
    private static final long FREE_BYTES_MIN = 256L << 20;

    private final Path directory;
    private final UploadRows rows;
    private final InstantSource clock;
    private final UploadLimits limits;

    /// Uploads that somebody writes to or reads.
    private final Set<String> busy = new HashSet<>();

    /// Where hashing has got to; what is not here begins anew from the file.
    private final Map<String, UploadFile.Progress> hashed = new HashMap<>();

    private Uploads(Path directory, UploadRows rows, InstantSource clock, UploadLimits limits) {
        this.directory = directory;
        this.rows = rows;
        this.clock = clock;
        this.limits = limits;
    }

    /// Opens the uploads in `directory`, which is made if it does not exist.
    public static Uploads open(Path directory, Jdbi jdbi, InstantSource clock, UploadLimits limits)
            throws IOException {
        Files.createDirectories(directory);
        var uploads = new Uploads(directory, new UploadRows(jdbi), clock, limits);
        uploads.sweep();
        return uploads;
    }

    /// What somebody wants to send.
    ///
    /// @param sha256 of the whole file, where the sender knows it
    public record Wish(String name, long sizeBytes, Optional<String> sha256) {
        public Wish {
            boolean isName =
                    !name.isBlank()
                            && name.length() <= NAME_CHARS_MAX
                            && name.chars().noneMatch(Character::isISOControl);
            require(
                    isName,
                    "name: %s (expected: 1 to %d printable characters)",
                    name.length() > NAME_CHARS_MAX ? name.length() + " characters" : name,
                    NAME_CHARS_MAX);
            require(sizeBytes >= 1, "size: %d (expected: at least 1 byte)", sizeBytes);
            sha256.ifPresent(
                    hash ->
                            require(
                                    SHA_256.matcher(hash).matches(),
                                    "sha256: %s (expected: 64 hexadecimal digits)",
                                    hash));
        }
    }

    /// Makes room for a file.
    ///
    /// @throws Problem if it is more than the person or the disk has room for
    public synchronized Upload begin(Person person, Wish wish) throws IOException {
        sweep();
        requireRoom(person, wish);
        var id = Ids.next('u');
        Files.createFile(path(id));
        var row =
                new UploadRows.Row(
                        id,
                        person.id(),
                        wish.name,
                        wish.sizeBytes,
                        wish.sha256.orElse(""),
                        clock.millis(),
                        false);
        rows.insert(row);
        return upload(row);
    }

    private void requireRoom(Person person, Wish wish) throws IOException {
        if (wish.sizeBytes > limits.sizeBytesMax()) {
            throw new Problem(
                    HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                    "size: %d bytes (expected: at most %d)"
                            .formatted(wish.sizeBytes, limits.sizeBytesMax()));
        }
        var own = rows.all().stream().filter(row -> row.owner().equals(person.id())).toList();
        if (own.size() >= limits.uploadsMax()) {
            throw new Problem(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "uploads: %d of yours are here (expected: under %d; delete some)"
                            .formatted(own.size(), limits.uploadsMax()));
        }
        long bytes = own.stream().mapToLong(UploadRows.Row::sizeBytes).sum();
        if (wish.sizeBytes > limits.bytesMax() - bytes) {
            throw new Problem(
                    HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                    "size: %d bytes beside %d of your other uploads (expected: at most %d in all)"
                            .formatted(wish.sizeBytes, bytes, limits.bytesMax()));
        }
        long free = Files.getFileStore(directory).getUsableSpace() - FREE_BYTES_MIN;
        if (wish.sizeBytes > free) {
            throw new Problem(
                    HttpStatus.INSUFFICIENT_STORAGE,
                    "size: %d bytes (expected: at most %d, what the disk has room for)"
                            .formatted(wish.sizeBytes, Math.max(0, free)));
        }
    }

    /// All of a person's, oldest first.
    public synchronized List<Upload> of(Person person) throws IOException {
        var uploads = new ArrayList<Upload>();
        for (var row : rows.all()) {
            if (row.owner().equals(person.id())) uploads.add(upload(row));
        }
        return uploads;
    }

    /// @throws Problem if there is none that `person` may use
    public synchronized Upload find(Person person, String id) throws IOException {
        return upload(row(person, id));
    }

    private UploadRows.Row row(Person person, String id) {
        return rows.find(id)
                .filter(row -> person.mayUse(row.owner()))
                .orElseThrow(() -> Problem.notFound("upload", id));
    }

    /// Appends what a sender has, from `offset` on.
    ///
    /// @return the upload as it is then
    /// @throws Problem if it goes on elsewhere, somebody else writes, or the whole is not what was
    ///     announced; of the last nothing is kept
    /// @throws IOException if the sender is gone; what arrived is kept
    public Upload append(Person person, String id, long offset, BodyReader body)
            throws IOException, InterruptedException {
        var row = begin(person, id);
        try {
            var file = new UploadFile(path(id), row.sizeBytes());
            if (row.isComplete()) throw complete(row);
            requireOffset(offset, file.offsetBytes());
            var progress = file.append(body, before(id));
            if (progress.bytes() < row.sizeBytes()) {
                remember(id, progress);
                return upload(row);
            }
            return finish(row, progress.name());
        } finally {
            release(id);
        }
    }

    private static Problem complete(UploadRows.Row row) {
        return new Problem(HttpStatus.CONFLICT, "upload: %s is complete".formatted(row.id()));
    }

    private static void requireOffset(long offset, long expected) {
        if (offset == expected) return;
        throw new Problem(
                HttpStatus.CONFLICT,
                "upload-offset: %d (expected: %d, what is here)".formatted(offset, expected));
    }

    private synchronized UploadRows.Row begin(Person person, String id) {
        var row = row(person, id);
        if (busy.add(id)) return row;
        throw new Problem(
                HttpStatus.LOCKED, "upload: %s is being written by another request".formatted(id));
    }

    private synchronized Optional<UploadFile.Progress> before(String id) {
        return Optional.ofNullable(hashed.remove(id));
    }

    private synchronized void remember(String id, UploadFile.Progress progress) {
        hashed.put(id, progress);
    }

    private synchronized void release(String id) {
        busy.remove(id);
    }

    private Upload finish(UploadRows.Row row, String sha256) throws IOException {
        if (row.sha256().isEmpty() || row.sha256().equals(sha256)) {
            rows.complete(row.id(), sha256);
            return upload(rows.find(row.id()).orElseThrow());
        }
        remove(row.id());
        throw new Problem(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "sha256: %s (expected: %s, as announced); send it again"
                        .formatted(sha256, row.sha256()));
    }

    /// Forgets an upload and its bytes.
    ///
    /// @throws Problem if there is none, or somebody writes to it
    public void delete(Person person, String id) throws IOException {
        begin(person, id);
        try {
            remove(id);
        } finally {
            release(id);
        }
    }

    /// The bytes of a complete upload; they stay until it is deleted, or has not been used for
    /// [UploadLimits#keepFor].
    ///
    /// @throws Problem if it is not there or not complete
    public synchronized Path complete(Person person, String id) throws IOException {
        var row = row(person, id);
        if (!row.isComplete()) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "upload: %s has %d of %d bytes (expected: all)"
                            .formatted(id, Files.size(path(id)), row.sizeBytes()));
        }
        Files.setLastModifiedTime(path(id), FileTime.from(clock.instant()));
        return path(id);
    }

    private synchronized void remove(String id) throws IOException {
        Files.deleteIfExists(path(id));
        rows.delete(id);
        hashed.remove(id);
    }

    /// Removes what nobody came back for, and files without a row.
    private synchronized void sweep() throws IOException {
        var known = new HashSet<String>();
        for (var row : rows.all()) {
            known.add(row.id());
            if (busy.contains(row.id()) || !isStale(row)) continue;
            LOG.info("upload {} of {}: removed, nobody came back for it", row.id(), row.owner());
            remove(row.id());
        }
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                if (!known.contains(file.getFileName().toString())) Files.delete(file);
            }
        }
    }

    private boolean isStale(UploadRows.Row row) throws IOException {
        var file = path(row.id());
        if (!Files.exists(file)) return true;
        var touched = Files.getLastModifiedTime(file).toInstant();
        return touched.plus(limits.keepFor()).isBefore(clock.instant());
    }

    private Upload upload(UploadRows.Row row) throws IOException {
        return new Upload(
                row.id(),
                row.owner(),
                row.name(),
                row.sizeBytes(),
                row.isComplete() ? row.sizeBytes() : Files.size(path(row.id())),
                row.sha256().isEmpty() ? Optional.empty() : Optional.of(row.sha256()),
                row.isComplete(),
                row.createdAtMs());
    }

    private Path path(String id) {
        return directory.resolve(id);
    }
}
