package motley.coordinator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left on disk when a machine dies in the middle of writing.
final class StorageFaultsTest {
    private static final int ENTRIES = 40;
    private static final int STEP_BYTES = 9_973;

    @TempDir private Path folder;

    /// The journal ends wherever the disk did: a prefix of what was written is there, in order, and
    /// it can be written on.
    @Test
    void tornLastRecordCostsNoEarlierOne() throws IOException {
        var original = folder.resolve("original");
        Files.createDirectories(original);
        try (var database = Database.open(original.resolve("motley.db"))) {
            database.insert(run());
            for (int i = 1; i <= ENTRIES; i++) database.write(List.of(entry(i)));
            long walBytes = Files.size(original.resolve("motley.db-wal"));
            assertThat(walBytes).isGreaterThan(8L * STEP_BYTES);
            long most = 0;
            for (long cut = walBytes; cut > 0; cut -= STEP_BYTES) {
                long found = entriesAfterCut(original, cut);
                most = Math.max(most, found);
                if (cut == walBytes) assertThat(found).isEqualTo(ENTRIES);
            }
            assertThat(most).isEqualTo(ENTRIES);
        }
    }

    private long entriesAfterCut(Path original, long walBytes) throws IOException {
        var copy = Files.createDirectories(folder.resolve("cut-" + walBytes));
        Files.copy(original.resolve("motley.db"), copy.resolve("motley.db"));
        var wal = Files.copy(original.resolve("motley.db-wal"), copy.resolve("motley.db-wal"));
        try (var channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
            channel.truncate(walBytes);
        }
        try (var database = Database.open(copy.resolve("motley.db"))) {
            if (database.runs().isEmpty()) return 0;
            var kept = database.journal("run", 0, 2 * ENTRIES);
            for (int i = 0; i < kept.size(); i++) {
                assertThat(kept.get(i)).isEqualTo(entry(i + 1));
            }
            int next = kept.size() + 1;
            database.write(List.of(entry(next)));
            assertThat(database.journalEnd("run")).isEqualTo(next);
            return kept.size();
        }
    }

    @Test
    void halfWrittenBlobIsRemovedAndNeverSeen() throws IOException {
        var store = BlobStore.open(folder.resolve("blobs"));
        var whole = store.put(new byte[] {1, 2, 3});
        var part = folder.resolve("blobs/incoming/half.part");
        Files.write(part, new byte[] {4, 5});
        var again = BlobStore.open(folder.resolve("blobs"));
        assertThat(part).doesNotExist();
        assertThat(again.find(whole)).isPresent();
    }

    @Test
    void blobThatCannotBeWrittenLeavesNothingBehind() throws IOException {
        var store = BlobStore.open(folder.resolve("blobs"));
        var incoming = folder.resolve("blobs/incoming");
        Files.delete(incoming);
        Files.writeString(incoming, "in the way");
        var bytes = MemorySegment.ofArray(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> store.put(bytes)).isInstanceOf(IOException.class);
        Files.delete(incoming);
        Files.createDirectory(incoming);
        assertThat(store.find(store.put(bytes))).isPresent();
        assertThat(incoming).isEmptyDirectory();
    }

    private static Journal.Entry entry(int number) {
        var event = "{\"number\":%d}".formatted(number);
        return new Journal.Entry("run", number, 1_000 + number, event);
    }

    private static RunRow run() {
        return new RunRow(
                "run",
                "{}",
                1,
                RunRow.Status.ACTIVE,
                "",
                1,
                OptionalLong.empty(),
                Optional.empty());
    }
}
