package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import motley.wire.BulkClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlobCacheTest {
    private static final byte[] BYTES = {3, 1, 4, 1, 5, 9};
    private static final String NAME = TinyRun.sha256(BYTES);

    @TempDir private Path home;
    private final TestCoordinator coordinator = TestCoordinator.start(0);
    private BulkClient bulk;
    private BlobCache cache;

    @BeforeEach
    void open() {
        bulk = new BulkClient(coordinator.uri(), TestCoordinator.TOKEN);
        cache = new BlobCache(home.resolve("blobs"));
    }

    @AfterEach
    void close() {
        bulk.close();
        coordinator.close();
    }

    @Test
    void blobIsFetchedOnceForAllWhoShareTheFolder() throws Exception {
        coordinator.blobs.put(NAME, BYTES);
        assertThat(cache.fetch(bulk, NAME)).hasBinaryContent(BYTES);
        var sharing = new BlobCache(home.resolve("blobs"));
        assertThat(sharing.fetch(bulk, NAME)).hasBinaryContent(BYTES);
        assertThat(coordinator.blobsServed).hasValue(1);
    }

    @Test
    void wrongBytesAreRefusedAndNothingIsKept() throws IOException {
        var other = Arrays.copyOf(BYTES, 5);
        coordinator.blobs.put(NAME, other);
        assertThatThrownBy(() -> cache.fetch(bulk, NAME))
                .isInstanceOf(IOException.class)
                .hasMessage("blob: %s (expected: %s)".formatted(TinyRun.sha256(other), NAME));
        assertNothingIsKept();
    }

    @Test
    void missingBlobIsAnErrorAndNothingIsKept() throws IOException {
        assertThatThrownBy(() -> cache.fetch(bulk, NAME))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/v1/blobs/" + NAME + ": 410");
        assertNothingIsKept();
    }

    /// As after a power failure, when what was written last is lost.
    @Test
    void damagedFileIsFetchedAgain() throws Exception {
        coordinator.blobs.put(NAME, BYTES);
        var file = cache.fetch(bulk, NAME);
        Files.write(file, new byte[BYTES.length]);
        assertThat(cache.fetch(bulk, NAME)).hasBinaryContent(BYTES);
        assertThat(coordinator.blobsServed).hasValue(2);
    }

    private void assertNothingIsKept() throws IOException {
        try (var files = Files.list(home.resolve("blobs"))) {
            assertThat(files).isEmpty();
        }
    }
}
