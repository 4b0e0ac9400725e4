package motley.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Adds a number to each channel of pixels while they are in the cache, and may replace what is at
/// most 0 by 0; a NaN stays. The same bits as separate operations, whatever the vectors.
///
/// Mutable: what the run in progress adds.
final class Bias {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final float[] NONE = new float[0];

    private final int channels;
    private float[] bias = NONE;
    private int biasOffset;
    private boolean relu;

    Bias(int channels) {
        this.channels = channels;
    }

    /// Nothing is added from now on.
    void clear() {
        bias = NONE;
    }

    void set(float[] bias, int biasOffset, boolean relu) {
        this.bias = bias;
        this.biasOffset = biasOffset;
        this.relu = relu;
    }

    /// Applies it to neighbouring pixels, the first of which begins at `at`.
    void apply(float[] y, int at, int pixels) {
        if (bias.length == 0) return;
        for (int pixel = 0; pixel < pixels; pixel++) applyPixel(y, at + pixel * channels);
    }

    private void applyPixel(float[] y, int at) {
        int channel = 0;
        for (; channel <= channels - LANES.length(); channel += LANES.length()) {
            var added = FloatVector.fromArray(LANES, bias, biasOffset + channel);
            var sum = FloatVector.fromArray(LANES, y, at + channel).add(added);
            (relu ? sum.max(0) : sum).intoArray(y, at + channel);
        }
        for (; channel < channels; channel++) {
            float sum = y[at + channel] + bias[biasOffset + channel];
            y[at + channel] = relu ? Math.max(sum, 0) : sum;
        }
    }
}
