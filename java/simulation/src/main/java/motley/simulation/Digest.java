package motley.simulation;

import motley.rounds.Effect;

/// A running digest of every decision. It uses no hash of an enum or a class, which differ between
/// runs of a JVM.
final class Digest {
    private long value = 17;
    private long steps;

    long value() {
        return value;
    }

    long steps() {
        return steps;
    }

    void add(long part) {
        value = (value ^ part) * 0x100000001b3L;
    }

    void observe(Observation observation) {
        if (!(observation instanceof Observation.Stepped(_, var event, var step))) return;
        steps++;
        add(step.state().now().toEpochMilli());
        add(event.getClass().getSimpleName().hashCode());
        step.effects().forEach(this::add);
    }

    private void add(Effect effect) {
        switch (effect) {
            case Effect.Assign(var device, var task) -> {
                add(device.value());
                add(task.key().lease().number());
                add(task.samples().first());
                add(task.ttl().toNanos());
            }
            case Effect.Accept(var device, var task, _) -> {
                add(-device.value());
                add(task.key().lease().number());
            }
            case Effect.Hold(var device, var task) -> {
                add(device.value());
                add(task.key().lease().number());
            }
            case Effect.Confirm(var device, var task, _) -> {
                add(device.value());
                add(task.key().lease().number());
            }
            case Effect.Recall(int round) -> add(round);
            case Effect.Reputed(var device, var reputation) -> {
                add(device.value());
                add(reputation.confirmed());
            }
            case Effect.Refuse(var device, var key, var reason) -> {
                add(device.value());
                add(key.lease().number());
                add(reason.text().hashCode());
            }
            case Effect.Revoke(var device, var lease, _) -> {
                add(device.value());
                add(lease.number());
            }
            case Effect.CloseRound(_, int round, var totals) -> {
                add(round);
                add(Double.doubleToLongBits(totals.lossNatsSum()));
            }
            case Effect.CloseEvaluation(int epoch, _) -> add(epoch);
            case Effect.Rejoin(var device) -> add(device.value());
            case Effect.End(var ending) -> add(ending.text().hashCode());
            case Effect.Note _ -> add(1);
        }
    }
}
