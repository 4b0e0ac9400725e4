package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// What this person, and this machine as a device, is known by at coordinators: a file that only
/// they can read.
record Credentials(Path file) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Credentials ofThisProcess() {
        return new Credentials(Home.ofThisProcess().credentials());
    }

    /// @param name of the account, or where the token came from
    /// @param ca whom to trust there; empty: as the system does
    record Entry(String token, String name, Optional<Path> ca) {}

    /// What is kept of people at an address.
    Optional<Entry> of(URI coordinator) {
        var entry = read().path("people").path(coordinator.toString());
        if (!entry.path("token").isTextual()) return Optional.empty();
        var ca = Optional.ofNullable(entry.path("ca").textValue()).map(Path::of);
        return Optional.of(
                new Entry(entry.path("token").asText(), entry.path("name").asText(), ca));
    }

    /// @throws UserException if the file cannot be written
    void put(URI coordinator, Entry entry) {
        var all = read();
        var kept = all.withObject("people").putObject(coordinator.toString());
        kept.put("token", entry.token).put("name", entry.name);
        entry.ca.ifPresent(path -> kept.put("ca", path.toAbsolutePath().toString()));
        write(all);
    }

    void remove(URI coordinator) {
        var all = read();
        all.withObject("people").remove(coordinator.toString());
        write(all);
    }

    /// What this machine last joined with.
    Optional<String> joinToken(URI coordinator) {
        return Optional.ofNullable(read().path("devices").path(coordinator.toString()).textValue());
    }

    void putJoinToken(URI coordinator, String token) {
        var all = read();
        all.withObject("devices").put(coordinator.toString(), token);
        write(all);
    }

    private ObjectNode read() {
        if (!Files.exists(file)) return JSON.createObjectNode();
        try {
            JsonNode all = JSON.readTree(file.toFile());
            if (all instanceof ObjectNode object) return object;
        } catch (IOException e) {
            throw new UserException("%s: not readable: %s".formatted(file, e.getMessage()), e);
        }
        throw new UserException("%s: no JSON object (expected: what motley wrote)".formatted(file));
    }

    private void write(ObjectNode all) {
        try {
            Files.createDirectories(file.getParent());
            var part = part();
            Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserException("%s: not written: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// For its owner from the start, where files have owners.
    private Path part() throws IOException {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!isPosix) return Files.createTempFile(file.getParent(), "credentials", ".part");
        var mine = PosixFilePermissions.fromString("rw-------");
        return Files.createTempFile(
                file.getParent(),
                "credentials",
                ".part",
                PosixFilePermissions.asFileAttribute(mine));
    }
}
