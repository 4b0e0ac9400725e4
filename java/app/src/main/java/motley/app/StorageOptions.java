package motley.app;

import java.net.URI;
import java.util.Optional;
import motley.coordinator.CoordinatorSettings.Storage;
import motley.coordinator.storage.DatabaseAddress;
import picocli.CommandLine.Option;

/// Where a coordinator keeps what must survive a restart.
final class StorageOptions {
    private static final String PASSWORD = "MOTLEY_DATABASE_PASSWORD";

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = {
                "keep runs and people in PostgreSQL: jdbc:postgresql://HOST/NAME?user=USER, the",
                "password in " + PASSWORD + " or ~/.pgpass (default: a file in --data)"
            })
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--blobs",
            paramLabel = "URL",
            description = {
                "keep data and checkpoints in S3 or a store like it: s3://BUCKET/PREFIX, with",
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for other stores,",
                "AWS_ENDPOINT_URL in the environment (default: folders in --data)"
            })
    private Optional<URI> blobs = Optional.empty();

    /// @throws IllegalArgumentException if an address is none
    Storage storage() {
        var password = Optional.ofNullable(System.getenv(PASSWORD));
        return new Storage(database.map(url -> new DatabaseAddress(url, password)), blobs);
    }
}
