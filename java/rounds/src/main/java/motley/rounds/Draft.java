package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One step in the making: the parts of the next state, and the effects so far.
///
/// Mutable, but confined to one call of [Rounds#step]; every part it holds is immutable, so that
/// beginning and ending a draft copies references only.
final class Draft {
    final long fence;
    final Instant now;
    RunSettings settings;
    Phase phase;
    Intent intent;
    boolean hasStarted;
    long leasesGiven;
    List<Double> norms;
    Trust trust;
    Timing pace;

    Kind kind;
    Strategy strategy;
    Position position;
    int slotCount;
    int fresh;
    int filled;
    OrderedMap<Integer, Slot> slots;
    OrderedMap<Integer, Slot> reopened;
    OrderedMap<LeaseId, Lease> leases;
    OrderedMap<Pass.Due, Lease> deadlines;
    OrderedMap<Pass.Due, Lease> lonely;
    long leasesBefore;
    Instant openedAt;

    OrderedMap<DeviceId, Device> devices;
    int members;
    OrderedMap<Long, DeviceId> idle;
    OrderedMap<Long, DeviceId> standby;
    long tickets;
    Timing training;
    Timing evaluation;
    OrderedMap<Fleet.Pace, DeviceId> paces;
    Instant usualAt;

    private final List<Effect> effects = new ArrayList<>();

    /// @param now not before the state's time: a clock that steps back is held still
    Draft(State state, Instant now) {
        settings = state.settings();
        fence = state.fence();
        this.now = now;
        phase = state.phase();
        intent = state.intent();
        hasStarted = state.hasStarted();
        leasesGiven = state.leasesGiven();
        norms = state.norms();
        trust = state.trust();
        pace = state.pace();
        var pass = state.pass();
        kind = pass.kind();
        strategy = pass.strategy();
        position = pass.position();
        slotCount = pass.slotCount();
        fresh = pass.fresh();
        filled = pass.filled();
        slots = pass.slots();
        reopened = pass.reopened();
        leases = pass.leases();
        deadlines = pass.deadlines();
        lonely = pass.lonely();
        leasesBefore = pass.leasesBefore();
        openedAt = pass.openedAt();
        var fleet = state.fleet();
        devices = fleet.devices();
        members = fleet.members();
        idle = fleet.idle();
        standby = fleet.standby();
        tickets = fleet.tickets();
        training = fleet.training();
        evaluation = fleet.evaluation();
        paces = fleet.paces();
        usualAt = fleet.usualAt();
    }

    Step done() {
        var pass =
                new Pass(
                        kind,
                        strategy,
                        position,
                        slotCount,
                        fresh,
                        filled,
                        slots,
                        reopened,
                        leases,
                        deadlines,
                        lonely,
                        leasesBefore,
                        openedAt);
        var fleet =
                new Fleet(
                        devices,
                        members,
                        idle,
                        standby,
                        tickets,
                        training,
                        evaluation,
                        paces,
                        usualAt);
        var state =
                new State(
                        settings,
                        fence,
                        phase,
                        intent,
                        hasStarted,
                        pass,
                        fleet,
                        leasesGiven,
                        norms,
                        trust,
                        pace,
                        now);
        return new Step(state, effects);
    }

    /// Replaces the pass by `next`. Whoever calls it has ended the leases of the old one.
    void open(Pass next) {
        kind = next.kind();
        strategy = next.strategy();
        position = next.position();
        slotCount = next.slotCount();
        fresh = next.fresh();
        filled = next.filled();
        slots = next.slots();
        reopened = next.reopened();
        leases = next.leases();
        deadlines = next.deadlines();
        lonely = next.lonely();
        leasesBefore = next.leasesBefore();
        openedAt = next.openedAt();
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    void note(Fact fact) {
        effects.add(new Effect.Note(fact));
    }

    boolean isOpen() {
        return phase instanceof Phase.Open;
    }

    /// Whether the open pass is an epoch of training as one flow.
    boolean isFlow() {
        return kind == Kind.TRAIN && strategy.flows();
    }

    /// Whether the open pass is a round of training on samples that stay on their devices.
    boolean isOfOwnSamples() {
        return kind == Kind.TRAIN && settings.policy().ownTerms().isPresent();
    }

    /// The version of the parameters that the next update will move: while the shell applies one,
    /// answers count for that which follows.
    long versionToMove() {
        return position.version() + (phase instanceof Phase.Closing ? 1 : 0);
    }

    Slot slot(int number) {
        boolean isApplied = isFlow() && number < fresh;
        return slots.get(number).orElse(isApplied ? Slot.APPLIED : Slot.UNTOUCHED);
    }

    /// Stores a slot and keeps the list of reopened ones in step with it.
    void put(int number, Slot slot) {
        slots = slots.with(number, slot);
        boolean isVacant = slot instanceof Slot.Open open && open.holders().isEmpty();
        reopened = isVacant ? reopened.with(number, slot) : reopened.without(number);
    }

    /// The samples of one task of the open pass.
    Range samplesOf(int number) {
        var schedule = settings.schedule();
        return switch (kind) {
            case TRAIN -> {
                if (isFlow()) yield schedule.samplesOfEpoch(number);
                if (position.coverage().isEmpty()) {
                    yield schedule.samplesOf(position.round(), number);
                }
                int round = schedule.roundAfter(schedule.coverage(position)).orElseThrow();
                yield schedule.samplesOf(round, number);
            }
            case EVALUATE -> schedule.evaluationSamplesOf(number);
        };
    }

    /// The samples of one task of the open pass, if `device` does it.
    Range samplesOf(int number, Device device) {
        return isOfOwnSamples() ? new Range(0, device.ownSamples()) : samplesOf(number);
    }

    Optional<Device> device(DeviceId id) {
        return devices.get(id);
    }

    /// Stores `device` and keeps the line of idle members in step with it.
    void put(Device device) {
        var placed = device;
        if (device.isMember()) {
            boolean isIdle = device.asks() && device.leases().size() < Device.LEASES_MAX;
            if (isIdle && device.ticket() == 0) {
                long ticket = Stragglers.ticket(device, ++tickets);
                placed = device.inLine(ticket);
                idle = idle.with(ticket, device.id());
            } else if (!isIdle && device.ticket() != 0) {
                idle = idle.without(device.ticket());
                placed = device.inLine(0);
            }
        }
        var known = devices.get(device.id());
        paces = Stragglers.paced(known.isPresent() ? unpaced(known.get()) : paces, placed);
        devices = devices.with(device.id(), placed);
    }

    /// The paces without that of `device`.
    OrderedMap<Fleet.Pace, DeviceId> unpaced(Device device) {
        return paces.without(new Fleet.Pace(device.training().meanNs(), device.id()));
    }

    /// How long tasks of `of` take on all devices together.
    Timing fleetTiming(Kind of) {
        return switch (of) {
            case TRAIN -> training;
            case EVALUATE -> evaluation;
        };
    }

    /// Training tasks become of another size: what was measured of them is of no use.
    void measureAnew() {
        norms = List.of();
        pace = Timing.NONE;
        training = Timing.NONE;
        paces = OrderedMap.empty();
        for (var entry : devices)
            devices = devices.with(entry.getKey(), entry.getValue().unmeasured());
    }

    void measureFleet(Kind of, Duration elapsed) {
        switch (of) {
            case TRAIN -> training = training.with(elapsed);
            case EVALUATE -> evaluation = evaluation.with(elapsed);
        }
    }
}
