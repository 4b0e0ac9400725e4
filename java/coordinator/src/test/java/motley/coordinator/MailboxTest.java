package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import motley.rounds.DeviceId;
import motley.rounds.Position;
import motley.wire.FromDevice;
import motley.wire.Protocol;
import org.junit.jupiter.api.Test;

final class MailboxTest {
    private static final RunMessage STOP = new RunMessage.Stop("");

    @Test
    void messagesComeInOrder() throws InterruptedException {
        var mailbox = new Mailbox(2);
        assertThat(mailbox.offer(new RunMessage.Pause())).isTrue();
        assertThat(mailbox.offer(new RunMessage.Resume())).isTrue();
        assertThat(mailbox.poll(0)).isEqualTo(new RunMessage.Pause());
        assertThat(mailbox.poll(0)).isEqualTo(new RunMessage.Resume());
        assertThat(mailbox.poll(0)).isNull();
    }

    @Test
    void whatIsSaidAgainIsLostBeforeWhatIsNot() {
        var mailbox = new Mailbox(2);
        assertThat(mailbox.offer(STOP)).isTrue();
        assertThat(mailbox.offer(STOP)).isTrue();
        var device = device();
        assertThat(mailbox.offer(new RunMessage.WorkRequested(device))).isFalse();
        assertThat(mailbox.offer(new RunMessage.Heard(device, 1))).isFalse();
        assertThat(mailbox.offer(new RunMessage.Silent(device, "gone"))).isTrue();
        assertThat(mailbox.offer(new RunMessage.Joined(device))).isTrue();
    }

    @Test
    void nothingIsWithoutLimit() {
        var mailbox = new Mailbox(1);
        var saved = new RunMessage.Saved(new Checkpointer.Place(Position.START, ""));
        assertThat(mailbox.offer(saved)).isTrue();
        assertThat(mailbox.offer(saved)).isTrue();
        assertThat(mailbox.offer(saved)).isFalse();
    }

    private static Device device() {
        var profile = TestDevice.profile(Optional.empty());
        var hello = new FromDevice.Hello(Protocol.VERSION, "", "a", "a", profile);
        return new Device("a", new DeviceId(1), hello, new Headcount());
    }
}
