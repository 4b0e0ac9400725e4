package motley.coordinator;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.rounds.sharing.FairShare;

/// Who works for whom, so that device time goes by the claims of the runs. Guarded by its [Fleet].
final class Sharing {
    private final InstantSource clock;
    private final Map<String, Claimant> claimants = new HashMap<>();
    private final Map<String, Stay> stays = new HashMap<>();
    private FairShare share = FairShare.NONE;

    /// A run's owner, and what it claims.
    record Claimant(String owner, Claim claim) {}

    /// @param chargedMs until when its time is counted
    private record Stay(String run, long sinceMs, long chargedMs) {}

    Sharing(InstantSource clock) {
        this.clock = clock;
    }

    /// A run comes, or claims something else.
    void put(String run, Claimant claimant) {
        claimants.put(run, claimant);
        var claim = claimant.claim;
        share = share.with(run, (long) claim.weight() * claim.priority().factor());
    }

    /// The run's owner claims something else for it.
    void claim(String run, Claim claim) {
        var known = claimants.get(run);
        if (known != null) put(run, new Claimant(known.owner, claim));
    }

    void remove(String run) {
        claimants.remove(run);
        share = share.without(run);
        stays.values().removeIf(stay -> stay.run.equals(run));
    }

    /// Whether `device` may work for a run at all.
    boolean admits(Device device, String run) {
        var claimant = claimants.get(run);
        if (claimant == null) return false;
        var candidate = new Contributors.Candidate(device.id(), device.name(), device.owner());
        return claimant.claim.contributors().admits(candidate, claimant.owner);
    }

    /// The run that `device` works for next.
    Optional<String> choose(Device device, List<FairShare.Candidate> candidates) {
        long nowMs = clock.millis();
        var at = device.run().map(RunLoop::id);
        var stay =
                at.map(run -> new Stay(run, nowMs, nowMs))
                        .map(fresh -> stays.getOrDefault(device.id(), fresh))
                        .filter(known -> at.filter(known.run::equals).isPresent());
        var holding = FairShare.Holding.NONE;
        if (stay.isPresent()) {
            var known = stay.get();
            share = share.charged(known.run, Math.max(0, nowMs - known.chargedMs));
            holding = new FairShare.Holding(at, nowMs - known.sinceMs);
        }
        var chosen = share.choose(candidates, holding);
        long sinceMs = stay.filter(s -> chosen.equals(at)).map(Stay::sinceMs).orElse(nowMs);
        if (chosen.isEmpty()) stays.remove(device.id());
        else stays.put(device.id(), new Stay(chosen.get(), sinceMs, nowMs));
        return chosen;
    }
}
