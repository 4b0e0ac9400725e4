package motley.rounds;

/// Who takes part. Only devices that are present count against the limit; a place that becomes
/// free goes to the first one standing by.
final class Membership {
    private Membership() {}

    static void join(Draft draft, DeviceId id, String numericClass) {
        if (Audit.isBarred(draft, id)) return;
        var known = draft.device(id);
        if (known.isPresent()) {
            Leases.expireAllOf(draft, known.get());
            known = draft.device(id);
            draft.put(known.orElseThrow().withClass(numericClass).asking(false));
            return;
        }
        var device = Device.joining(id, numericClass);
        int max = draft.settings.policy().devicesMax();
        if (max == 0 || draft.members < max) {
            admit(draft, device);
            return;
        }
        long ticket = ++draft.tickets;
        draft.standby = draft.standby.with(ticket, id);
        draft.put(device.inLine(ticket));
        draft.note(new Fact.OnStandby(id));
    }

    /// What the device has of its own.
    static void offer(Draft draft, DeviceId id, int samples) {
        draft.device(id).ifPresent(device -> draft.put(device.withOwnSamples(samples)));
    }

    /// A goodbye: answers to its leases are no longer expected.
    static void leave(Draft draft, DeviceId id) {
        draft.device(id)
                .ifPresent(
                        device -> {
                            Leases.returnAllOf(draft, device, "left");
                            remove(draft, id);
                        });
    }

    /// A silence: answers to its leases may still come.
    static void lose(Draft draft, DeviceId id) {
        draft.device(id)
                .ifPresent(
                        device -> {
                            Leases.expireAllOf(draft, device);
                            remove(draft, id);
                        });
    }

    static void requestWork(Draft draft, DeviceId id) {
        if (Audit.isBarred(draft, id)) return;
        draft.device(id)
                .ifPresentOrElse(
                        device -> draft.put(device.asking(true)),
                        () -> draft.emit(new Effect.Rejoin(id)));
    }

    private static void admit(Draft draft, Device device) {
        draft.members++;
        draft.put(device.asMember(true));
        if (draft.members >= draft.settings.policy().devicesMin()) draft.hasStarted = true;
    }

    private static void remove(Draft draft, DeviceId id) {
        var device = draft.device(id).orElseThrow();
        draft.devices = draft.devices.without(id);
        draft.paces = draft.unpaced(device);
        if (!device.isMember()) {
            draft.standby = draft.standby.without(device.ticket());
            return;
        }
        draft.idle = draft.idle.without(device.ticket());
        draft.members--;
        draft.standby.first().ifPresent(next -> promote(draft, next.getKey(), next.getValue()));
    }

    private static void promote(Draft draft, Long ticket, DeviceId id) {
        draft.standby = draft.standby.without(ticket);
        admit(draft, draft.device(id).orElseThrow().inLine(0));
    }
}
