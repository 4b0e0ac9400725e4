package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// The figures that audits promise, through the real loop. `-Dmotley.seeds=50` and
/// `-Dmotley.tasks=1000000` for more.
final class CrowdSimulation {
    private static final int TASKS = Integer.getInteger("motley.tasks", 40_000);
    private static final int SEEDS = Integer.getInteger("motley.seeds", 5);
    private static final int CHEATERS = 2;

    /// Until the audits of a device are as seldom as they get, and it begins only then.
    private static final int SELDOM = 60;

    @Test
    void cheatersFromTheStartAreFoundWithinTwoThousandTasks() {
        assertFound(0, 0);
    }

    @Test
    void cheatersWhoBeginOnceTheyAreBelievedAreFound() {
        assertFound(10, 0);
    }

    @Test
    void cheatersWhoWaitUntilAuditsAreSeldomAreFound() {
        assertFound(10, SELDOM);
    }

    /// Of 20 devices, two forge a tenth of their answers.
    private static void assertFound(int patience, int confirmed) {
        var caught = new ArrayList<Integer>();
        for (long seed = 0; seed < SEEDS; seed++) {
            var settings = new Crowd.Settings(40_000, 20, CHEATERS, 0.1, patience, confirmed, seed);
            var outcome = Crowd.run(settings);
            caught.addAll(outcome.caught());
            assertThat(outcome.wronged()).as("seed %d: %s", seed, outcome).isZero();
        }
        long inTime = caught.stream().filter(tasks -> tasks <= 2_000).count();
        assertThat(inTime)
                .as("of %d: %s", SEEDS * CHEATERS, caught)
                .isGreaterThanOrEqualTo((long) (0.95 * SEEDS * CHEATERS));
    }

    @Test
    void honestDevicesAreNeverWronged() {
        var outcome = Crowd.run(new Crowd.Settings(TASKS, 50, 0, 0, 0, 0, 3));
        assertThat(outcome.wronged()).isZero();
        assertThat(outcome.recalls()).isZero();
    }

    @Test
    void auditsOfProvenDevicesCostLittle() {
        var outcome = Crowd.run(new Crowd.Settings(TASKS, 50, 0, 0, 0, 100, 5));
        assertThat(outcome.tasksPerSlot()).isBetween(1.01, 1.03);
    }

    /// Twice the work for ten tasks a device, then less and less.
    @Test
    void newFleetIsCheapSoon() {
        var outcome = Crowd.run(new Crowd.Settings(TASKS, 50, 0, 0, 0, 0, 5));
        assertThat(outcome.tasksPerSlot()).isLessThan(1.10);
    }
}
