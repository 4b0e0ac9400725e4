package motley.rounds;

import static motley.tensor.Require.require;

import java.util.OptionalInt;

/// The work of a run, cut into rounds and tasks. It follows from the settings alone, never from
/// the fleet.
///
/// An epoch is `⌈trainSamples/batchSize⌉` rounds; round `r` of it covers the positions
/// `[r·batchSize, (r+1)·batchSize)` of the epoch's keyed permutation, cut into micro-batches of
/// `⌈batchSize/tasks⌉`. The last round and the last micro-batch of a round may be smaller.
///
/// Where devices take local steps, that holds for the first `warmUpRounds` rounds of the run. From
/// then on a round is `tasks` tasks of `steps` micro-batches each (`steps / fragments`, where the
/// model is synchronised in parts), one after the other from where the epoch stands; again its
/// last round and last task may be smaller. Three kinds of epoch follow each other: those of the
/// warm-up, the one in which it ends, those of local rounds.
///
/// @param trainSamples samples in the training set
/// @param evaluationSamples samples in the evaluation set; 0: the run never evaluates
/// @param batchSize samples of a round
/// @param tasks the most micro-batches of a round
/// @param epochs passes over the training set
/// @param evaluatesEveryEpoch whether each epoch ends with an evaluation, or only the last
/// @param local what a device does on its own before it answers
public record Schedule(
        int trainSamples,
        int evaluationSamples,
        int batchSize,
        int tasks,
        int epochs,
        boolean evaluatesEveryEpoch,
        Strategy.Local local) {
    /// A schedule whose tasks are one micro-batch each.
    public Schedule(
            int trainSamples,
            int evaluationSamples,
            int batchSize,
            int tasks,
            int epochs,
            boolean evaluatesEveryEpoch) {
        this(
                trainSamples,
                evaluationSamples,
                batchSize,
                tasks,
                epochs,
                evaluatesEveryEpoch,
                Strategy.Local.NONE);
    }

    /// @throws IllegalArgumentException naming the first component out of its range
    public Schedule {
        require(trainSamples >= 1, "trainSamples: %d (expected: at least 1)", trainSamples);
        require(
                evaluationSamples >= 0,
                "evaluationSamples: %d (expected: at least 0)",
                evaluationSamples);
        require(
                batchSize >= 1 && batchSize <= trainSamples,
                "batchSize: %d (expected: 1 to trainSamples, %d)",
                batchSize,
                trainSamples);
        require(
                tasks >= 1 && tasks <= batchSize,
                "tasks: %d (expected: 1 to batchSize, %d)",
                tasks,
                batchSize);
        require(epochs >= 1, "epochs: %d (expected: at least 1)", epochs);
        long rounds = (long) epochs * ceilDiv(trainSamples, batchSize);
        require(
                rounds <= Integer.MAX_VALUE,
                "epochs: %d (expected: under 2^31 rounds, got %d)",
                epochs,
                rounds);
    }

    /// Samples of a full task.
    public int microBatch() {
        return ceilDiv(batchSize, tasks);
    }

    Schedule with(Strategy.Local other) {
        return new Schedule(
                trainSamples,
                evaluationSamples,
                batchSize,
                tasks,
                epochs,
                evaluatesEveryEpoch,
                other);
    }

    /// Training rounds of `epoch`.
    public int roundsIn(int epoch) {
        if (epoch < warmEpochs()) return warmRounds();
        if (epoch > warmEpochs()) return localRounds(trainSamples);
        int warm = warmRoundsLeft();
        return warm + localRounds(trainSamples - warm * batchSize);
    }

    /// Training rounds before `epoch`; `epoch` may be [#epochs].
    public int firstRound(int epoch) {
        int warm = warmEpochs();
        if (epoch <= warm) return epoch * warmRounds();
        int later = epoch - warm - 1;
        return warm * warmRounds() + roundsIn(warm) + later * localRounds(trainSamples);
    }

    public int roundsInRun() {
        return firstRound(epochs);
    }

    /// The epoch that training round `round` belongs to; [#epochs] behind the last.
    public int epochOf(int round) {
        int warm = warmEpochs();
        int inWarm = round / warmRounds();
        if (inWarm < warm) return inWarm;
        if (warm == epochs) return epochs;
        int later = round - warm * warmRounds() - roundsIn(warm);
        return later < 0 ? warm : warm + 1 + later / localRounds(trainSamples);
    }

    /// Whether the tasks of training round `round` are local steps.
    public boolean isLocal(int round) {
        return local.isUsed() && round >= local.warmUpRounds();
    }

    /// Local rounds before training round `round`, which is one.
    public int localRoundsBefore(int round) {
        return round - local.warmUpRounds();
    }

    /// The positions of training round `round` in its epoch.
    public Range samplesOf(int round) {
        int epoch = epochOf(round);
        int inEpoch = round - firstRound(epoch);
        if (!isLocal(round)) {
            int first = inEpoch * batchSize;
            return new Range(first, Math.min(batchSize, trainSamples - first));
        }
        int warm = epoch == warmEpochs() ? warmRoundsLeft() : 0;
        int first = Math.toIntExact(warm * (long) batchSize + (inEpoch - warm) * localRound());
        return new Range(first, (int) Math.min(localRound(), trainSamples - first));
    }

    /// Training samples before round `round`, over all epochs.
    public long samplesBefore(int round) {
        int epoch = epochOf(round);
        int first = epoch == epochs ? 0 : samplesOf(round).first();
        return (long) epoch * trainSamples + first;
    }

    /// Optimizer steps before round `round`, on whatever machine. Tasks that are smaller than
    /// others count as full ones.
    public long stepsBefore(int round) {
        if (!isLocal(round)) return round;
        long each = (long) local.stepsOfRound() * local.passes();
        return local.warmUpRounds() + (round - local.warmUpRounds()) * each;
    }

    /// Samples of a full task of training round `round`.
    public int taskSamples(int round) {
        if (!isLocal(round)) return microBatch();
        return (int) Math.min(trainSamples, (long) local.stepsOfRound() * microBatch());
    }

    /// Tasks of training round `round`, at least 1.
    public int slots(int round) {
        return ceilDiv(samplesOf(round).count(), taskSamples(round));
    }

    /// The positions of one task of training round `round`, in the epoch's permutation.
    public Range samplesOf(int round, int slot) {
        return part(samplesOf(round), taskSamples(round), slot);
    }

    /// Rounds of an epoch of the warm-up.
    private int warmRounds() {
        return ceilDiv(trainSamples, batchSize);
    }

    /// Epochs without a local round.
    private int warmEpochs() {
        return local.isUsed() ? Math.min(epochs, local.warmUpRounds() / warmRounds()) : epochs;
    }

    /// Rounds of the warm-up in the epoch in which it ends.
    private int warmRoundsLeft() {
        return local.warmUpRounds() % warmRounds();
    }

    /// Samples of a full local round.
    private long localRound() {
        return (long) tasks * local.stepsOfRound() * microBatch();
    }

    private int localRounds(int samples) {
        return Math.toIntExact(Math.ceilDiv(samples, localRound()));
    }

    /// Tasks of a round that is not the last of its epoch.
    public int slotsPerRound() {
        return ceilDiv(batchSize, microBatch());
    }

    /// Micro-batches of an epoch, over all its rounds.
    public int slotsPerEpoch() {
        int last = warmRounds() - 1;
        return last * slotsPerRound() + slots(last);
    }

    /// The positions of micro-batch `slot` of an epoch, numbered over all its rounds.
    public Range samplesOfEpoch(int slot) {
        return samplesOf(slot / slotsPerRound(), slot % slotsPerRound());
    }

    /// What the first `rounds` rounds of an epoch cover.
    Coverage coverage(int rounds) {
        return Coverage.upTo(Math.min(rounds * slotsPerRound(), slotsPerEpoch()));
    }

    /// What of the epoch is in the parameters at `position`, where no task is local steps.
    public Coverage coverage(Position position) {
        int first = position.epoch() * warmRounds();
        return position.coverage().orElseGet(() -> coverage(position.round() - first));
    }

    /// The round of the epoch that follows where `covered` ends; empty if that is not between two
    /// whole rounds.
    OptionalInt roundAfter(Coverage covered) {
        boolean isWhole =
                covered.next() % slotsPerRound() == 0 || covered.next() == slotsPerEpoch();
        if (!covered.missing().isEmpty() || !isWhole) return OptionalInt.empty();
        return OptionalInt.of(ceilDiv(covered.next(), slotsPerRound()));
    }

    /// Samples in the micro-batches that are covered.
    public int samplesOf(Coverage covered) {
        int next = covered.next();
        int samples = next == slotsPerEpoch() ? trainSamples : samplesOfEpoch(next).first();
        for (int slot : covered.missing()) samples -= samplesOfEpoch(slot).count();
        return samples;
    }

    /// Samples of a full evaluation task. A whole batch, where training gets a part of one: a
    /// forward pass is cheap, and nobody waits for it within the round.
    public int evaluationBatch() {
        return batchSize;
    }

    /// Tasks of one evaluation; 0 when there is nothing to evaluate.
    public int evaluationSlots() {
        return ceilDiv(evaluationSamples, evaluationBatch());
    }

    /// The positions of one evaluation task in the evaluation set.
    public Range evaluationSamplesOf(int slot) {
        return part(new Range(0, evaluationSamples), evaluationBatch(), slot);
    }

    /// Whether an evaluation follows `epoch`.
    public boolean evaluatesAfter(int epoch) {
        return evaluationSamples > 0 && (evaluatesEveryEpoch || epoch == epochs - 1);
    }

    private static Range part(Range whole, int size, int slot) {
        int first = Math.addExact(whole.first(), Math.multiplyExact(slot, size));
        require(
                slot >= 0 && first < whole.end(),
                "slot: %d (expected: 0 to %d)",
                slot,
                ceilDiv(whole.count(), size) - 1);
        return new Range(first, Math.min(size, whole.end() - first));
    }

    private static int ceilDiv(int dividend, int divisor) {
        return Math.ceilDiv(dividend, divisor);
    }
}
