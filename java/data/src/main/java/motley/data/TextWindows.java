package motley.data;

import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A text cut into windows of equal length; the target of each character is the next one.
///
/// Window `i` begins at character `i·time`, so that an epoch sees each character once. What is left
/// at the end is not used.
public final class TextWindows implements Samples {
    private final byte[] codes;
    private final int time;

    /// @param codes more than `time` of them; taken over
    TextWindows(byte[] codes, int time) {
        this.codes = codes;
        this.time = time;
    }

    @Override
    public int count() {
        return (codes.length - 1) / time;
    }

    @Override
    public TensorType inputType() {
        return TensorType.i32(time);
    }

    @Override
    public TensorType targetType() {
        return TensorType.i32(time);
    }

    @Override
    public void copy(int[] samples, Tensor inputs, Tensor targets) {
        Batch.requireFits(this, samples, inputs, targets);
        inputs.data().fill((byte) 0);
        targets.data().fill((byte) 0);
        for (int row = 0; row < samples.length; row++) {
            int from = samples[row] * time;
            for (int t = 0; t < time; t++) {
                inputs.setInt(row * time + t, codes[from + t]);
                targets.setInt(row * time + t, codes[from + t + 1]);
            }
        }
    }
}
