package motley.training;

import java.util.function.IntToDoubleFunction;

/// Counts yes and no for each of a model's outputs.
final class Sides {
    private final Confusion[] outputs; // of each: 0 is no, 1 is yes

    Sides(int outputs) {
        this.outputs = new Confusion[outputs];
        for (int i = 0; i < outputs; i++) this.outputs[i] = new Confusion(2);
    }

    /// @param element of a batch, whose innermost elements are the outputs of one sample
    void add(int element, boolean target, boolean guess) {
        outputs[element % outputs.length].add(target ? 1 : 0, guess ? 1 : 0);
    }

    /// Over all outputs together.
    double accuracy() {
        long right = 0;
        long total = 0;
        for (var output : outputs) {
            right += output.right();
            total += output.total();
        }
        return (double) right / total;
    }

    double precision() {
        return mean(i -> outputs[i].precision(1));
    }

    double recall() {
        return mean(i -> outputs[i].recall(1));
    }

    double f1() {
        return mean(i -> outputs[i].f1(1));
    }

    /// Over all outputs; where yes is neither target nor guess, an output adds 0.
    private double mean(IntToDoubleFunction of) {
        double sum = 0;
        for (int i = 0; i < outputs.length; i++) sum += of.applyAsDouble(i);
        return sum / outputs.length;
    }
}
