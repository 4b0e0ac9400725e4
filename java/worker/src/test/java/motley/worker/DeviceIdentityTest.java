package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceIdentityTest {
    @TempDir private Path home;

    @Test
    void deviceIsTheSameAfterARestart() throws IOException {
        String id;
        try (var first = DeviceIdentity.acquire(home, "mini")) {
            id = first.id();
            assertThat(first.name()).isEqualTo("mini");
        }
        try (var again = DeviceIdentity.acquire(home, "mini")) {
            assertThat(again.id()).isEqualTo(id).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void twinsOfOneMachineAreSeveralDevices() throws IOException {
        String second;
        try (var one = DeviceIdentity.acquire(home, "mini")) {
            try (var two = DeviceIdentity.acquire(home, "mini");
                    var three = DeviceIdentity.acquire(home, "mini")) {
                second = two.id();
                assertThat(two.name()).isEqualTo("mini-2");
                assertThat(three.name()).isEqualTo("mini-3");
                assertThat(two.id()).isNotEqualTo(one.id()).isNotEqualTo(three.id());
            }
            try (var again = DeviceIdentity.acquire(home, "mini")) {
                assertThat(again.id()).isEqualTo(second);
            }
        }
    }

    @Test
    void identityHeldThroughAnotherChannelIsTaken() throws IOException {
        var file = Files.createDirectories(home.resolve("devices")).resolve("mini.id");
        Files.writeString(file, "0123456789abcdef\n");
        try (var other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            other.lock();
            try (var mine = DeviceIdentity.acquire(home, "mini")) {
                assertThat(mine.name()).isEqualTo("mini-2");
                assertThat(mine.id()).isNotEqualTo("0123456789abcdef");
            }
        }
        try (var mine = DeviceIdentity.acquire(home, "mini")) {
            assertThat(mine.id()).isEqualTo("0123456789abcdef");
        }
    }

    /// Reading the file through a second channel, or closing a twin's, used to unlock it.
    @Test
    void identityStaysLockedForOtherProcesses() throws Exception {
        var file = home.resolve("devices/mini.id");
        try (var mine = DeviceIdentity.acquire(home, "mini");
                var twin = DeviceIdentity.acquire(home, "mini")) {
            assertThat(twin.name()).isEqualTo("mini-2");
            assertThat(LockProbe.isLocked(file)).isTrue();
            assertThat(mine.name()).isEqualTo("mini");
        }
        assertThat(LockProbe.isLocked(file)).isFalse();
    }

    @Test
    void unreadableIdIsReplaced() throws IOException {
        var file = Files.createDirectories(home.resolve("devices")).resolve("mini.id");
        Files.writeString(file, "x".repeat(500));
        String id;
        try (var mine = DeviceIdentity.acquire(home, "mini")) {
            id = mine.id();
            assertThat(id).matches("[0-9a-f]{16}");
        }
        assertThat(file).hasContent(id);
    }

    @Test
    void nameCannotLeaveTheFolder() throws IOException {
        try (var mine = DeviceIdentity.acquire(home, "../../Ann's Mac")) {
            assertThat(mine.name()).isEqualTo("../../Ann's Mac");
            assertThat(home.resolve("devices/.._.._Ann_s_Mac.id")).exists();
        }
    }

    @Test
    void homeThatIsAFileIsAnError() throws IOException {
        var file = Files.createFile(home.resolve("file"));
        assertThatThrownBy(() -> DeviceIdentity.acquire(file, "mini"))
                .isInstanceOf(IOException.class);
    }
}
