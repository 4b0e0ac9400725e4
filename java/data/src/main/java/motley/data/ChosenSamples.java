package motley.data;

import static motley.tensor.Require.require;

import java.io.IOException;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Some of other samples: those at neighbouring places of an order, which nobody writes down.
final class ChosenSamples implements Samples {
    private final Samples all;
    private final SampleOrder order;
    private final int first;
    private final int count;

    /// @param order of all samples
    /// @param first place in it of the first sample
    ChosenSamples(Samples all, SampleOrder order, int first, int count) {
        this.all = all;
        this.order = order;
        this.first = first;
        this.count = count;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public TensorType inputType() {
        return all.inputType();
    }

    @Override
    public TensorType targetType() {
        return all.targetType();
    }

    @Override
    public void prepare(int[] samples) throws IOException, InterruptedException {
        all.prepare(among(samples));
    }

    @Override
    public void copy(int[] samples, Tensor inputs, Tensor targets) {
        all.copy(among(samples), inputs, targets);
    }

    /// The same samples by their numbers among all.
    private int[] among(int[] samples) {
        var among = new int[samples.length];
        for (int i = 0; i < samples.length; i++) {
            int sample = samples[i];
            require(
                    sample >= 0 && sample < count,
                    "sample: %d (expected: under %d)",
                    sample,
                    count);
            among[i] = order.sampleAt(first + sample);
        }
        return among;
    }
}
