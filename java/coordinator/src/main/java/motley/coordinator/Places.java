package motley.coordinator;

import java.time.Instant;
import motley.rounds.Intent;
import motley.rounds.Phase;
import motley.rounds.Reputation;
import motley.rounds.State;

/// Whether a run can use a device.
final class Places {
    private Places() {}

    /// Whether a run in `state` has a place for a device of this reputation.
    ///
    /// @param isHere whether the device works for the run already
    static boolean hasOneFor(Reputation reputation, boolean isHere, State state, Instant now) {
        if (state.phase() instanceof Phase.Ended || !(state.intent() instanceof Intent.Run)) {
            return false;
        }
        var policy = state.settings().policy();
        if (policy.trust().audits() && reputation.isQuarantined(now)) return false;
        int max = policy.devicesMax();
        return max == 0 || isHere || state.fleet().members() < max;
    }
}
