package motley.training;

import java.util.List;
import motley.tensor.Tensor;

/// The weights of the epoch with the lowest validation loss so far.
final class Best {
    private final List<Tensor> present;
    private final List<Tensor> kept;
    private double loss = Double.POSITIVE_INFINITY;
    private int number;

    /// @param present the weights, which change from epoch to epoch
    Best(List<Tensor> present) {
        this.present = present;
        kept = present.stream().map(weight -> Tensor.onHeap(weight.type())).toList();
        copy(present, kept);
    }

    /// Goes on from what was best before.
    Best(List<Tensor> present, Standing.Lowest lowest) {
        this.present = present;
        kept = present.stream().map(weight -> Tensor.onHeap(weight.type())).toList();
        copy(lowest.weights(), kept);
        loss = lowest.loss();
        number = lowest.epoch();
    }

    Standing.Lowest lowest() {
        return new Standing.Lowest(number, loss, kept);
    }

    /// Keeps the weights after `epoch` if none were better.
    ///
    /// @return whether the best ones are `patienceEpochs` epochs old
    boolean isOver(Epoch epoch, int patienceEpochs) {
        double now = epoch.validation().orElseThrow().loss();
        if (now < loss) {
            loss = now;
            number = epoch.number();
            copy(present, kept);
        }
        return epoch.number() - number >= patienceEpochs;
    }

    /// Makes the kept weights the present ones.
    void restore() {
        copy(kept, present);
    }

    private static void copy(List<Tensor> from, List<Tensor> to) {
        for (int i = 0; i < to.size(); i++) to.get(i).copyFrom(from.get(i));
    }
}
