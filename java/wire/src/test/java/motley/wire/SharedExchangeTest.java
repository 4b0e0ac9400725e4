package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both ends of the exchange through mapped files.
final class SharedExchangeTest {
    private static final String RUN = "run-1";
    private static final String DEVICE = "device-1";
    private static final int ELEMENTS = 10_000;

    @TempDir private Path parent;
    private SharedDirectory shared;
    private SharedExchange exchange;

    @BeforeEach
    void open() throws IOException {
        shared = SharedDirectory.openIn(parent);
        exchange = SharedExchange.tryOpen(shared.path().toString()).orElseThrow();
    }

    @AfterEach
    void close() {
        exchange.close();
        shared.close();
    }

    @Test
    void parametersArrive() throws IOException {
        var into = new float[ELEMENTS];
        for (int version = 1; version <= 7; version++) {
            shared.publish(RUN, version, vector(version));
            assertThat(read(version, into)).isTrue();
            assertThat(into).containsOnly(version);
        }
    }

    @Test
    void replacedVersionIsNotRead() throws IOException {
        for (int version = 1; version <= 5; version++) {
            shared.publish(RUN, version, vector(version));
        }
        var into = new float[ELEMENTS];
        assertThat(read(2, into)).isFalse();
        assertThat(read(3, into)).isTrue();
        assertThat(read(8, into)).isFalse();
    }

    /// The reader copies again and again while the writer replaces: either the copy is of one
    /// version, or the reader knows that it is not.
    @Test
    void copyTornByAWriterIsNoticed() throws Exception {
        shared.publish(RUN, 3, vector(3));
        int rewrites = 3_000;
        var writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 2; i <= rewrites; i++) publish(3 * i);
                                });
        var into = new float[ELEMENTS];
        int version = 3;
        while (writer.isAlive()) {
            if (read(version, into)) assertThat(into).containsOnly(version);
            version = version % (3 * rewrites) + 3;
        }
        writer.join();
        assertThat(read(3L * rewrites, into)).isTrue();
    }

    @Test
    void contributionArrivesUnderItsLeaseOnly() throws IOException {
        shared.makeContributionFile(RUN, DEVICE, 4L * ELEMENTS);
        exchange.writeContribution(SharedDirectory.contributionFile(RUN, DEVICE), 41, vector(1));
        assertThat(shared.contribution(RUN, DEVICE, 40)).isEmpty();
        var found = shared.contribution(RUN, DEVICE, 41).orElseThrow();
        assertThat(found.toArray(ValueLayout.JAVA_FLOAT)).hasSize(ELEMENTS).containsOnly(1);
    }

    /// A device killed while it writes leaves the first stamp without the second.
    @Test
    void halfWrittenContributionIsNotRead() throws IOException {
        shared.makeContributionFile(RUN, DEVICE, 4L * ELEMENTS);
        var name = SharedDirectory.contributionFile(RUN, DEVICE);
        exchange.writeContribution(name, 41, vector(1));
        try (var file =
                Files.newByteChannel(shared.path().resolve(name), StandardOpenOption.WRITE)) {
            file.position(8);
            file.write(ByteBuffer.wrap(new byte[] {42}));
        }
        assertThat(shared.contribution(RUN, DEVICE, 41)).isEmpty();
        assertThat(shared.contribution(RUN, DEVICE, 42)).isEmpty();
    }

    @Test
    void unknownDeviceHasNoContribution() {
        assertThat(shared.contribution(RUN, "nobody", 1)).isEmpty();
    }

    @Test
    void onlyTheNonceProvesTheSameMachine() {
        assertThat(shared.isProvenBy(exchange.proof())).isTrue();
        assertThat(shared.isProvenBy(new FromDevice.SharedMemoryProof("guess"))).isFalse();
        assertThat(SharedExchange.tryOpen(parent.resolve("elsewhere").toString())).isEmpty();
    }

    @Test
    void folderIsForItsOwnerOnly() throws IOException {
        var permissions = Files.getPosixFilePermissions(shared.path());
        assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rwx------");
    }

    @Test
    void namesThatLeaveTheFolderAreRefused() {
        assertThatThrownBy(() -> exchange.readParameters("../x", 1, vector(0)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void fileOfAnotherLengthIsRefused() throws IOException {
        shared.publish(RUN, 1, vector(1));
        var shorter = MemorySegment.ofArray(new float[ELEMENTS - 1]);
        var name = SharedDirectory.parametersFile(RUN, 1);
        assertThatThrownBy(() -> exchange.readParameters(name, 1, shorter))
                .isInstanceOf(IOException.class)
                .hasMessage(name + ": 40064 bytes (expected: 40060)");
    }

    @Test
    void filesOfAnEndedRunGo() throws IOException {
        shared.publish(RUN, 1, vector(1));
        shared.publish("run-11", 1, vector(1));
        shared.remove(RUN);
        try (var left = Files.list(shared.path())) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("nonce", "run-11-parameters-1");
        }
    }

    @Test
    void foldersOfDeadProcessesAreRemovedAndOthersStay() throws IOException {
        var dead = Files.createDirectory(parent.resolve("motley-999999999-1-ab"));
        Files.writeString(dead.resolve("nonce"), "n");
        var foreign = Files.createDirectory(parent.resolve("motley-something-else"));
        try (var second = SharedDirectory.openIn(parent)) {
            assertThat(dead).doesNotExist();
            assertThat(foreign).exists();
            assertThat(shared.path()).exists();
            assertThat(second.path()).exists();
        }
    }

    private boolean read(long version, float[] into) throws IOException {
        return exchange.readParameters(
                SharedDirectory.parametersFile(RUN, version), version, MemorySegment.ofArray(into));
    }

    private void publish(int version) {
        try {
            shared.publish(RUN, version, vector(version));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment vector(float value) {
        var vector = new float[ELEMENTS];
        Arrays.fill(vector, value);
        return MemorySegment.ofArray(vector);
    }
}
