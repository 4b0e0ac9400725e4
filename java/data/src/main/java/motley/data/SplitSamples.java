package motley.data;

import static motley.tensor.Require.require;

import java.nio.file.Path;
import motley.tensor.TensorType;

/// The samples of one data set: those to learn from and those to be judged by.
public record SplitSamples(Samples train, Samples test) {
    /// @throws IllegalArgumentException if the two are not of one type
    public SplitSamples {
        require(
                test.inputType().equals(train.inputType())
                        && test.targetType().equals(train.targetType()),
                "test samples: %s with targets %s (expected: %s with %s, as for training)",
                test.inputType(),
                test.targetType(),
                train.inputType(),
                train.targetType());
    }

    /// The same samples to learn from, without those that are held back; they replace the ones to
    /// be judged by.
    public SplitSamples holding(HeldBack back) {
        return back.split(train);
    }

    /// A text in windows as long as one input of a model.
    ///
    /// @param input of the model, `i32[time]`
    /// @throws DatasetException if the file is unusable or too short
    public static SplitSamples ofText(Path file, TensorType input) {
        var text = TextFile.read(file);
        int time = input.shape().rank() == 0 ? 1 : input.shape().dim(0);
        return new SplitSamples(text.train(time), text.validation(time));
    }

    /// Arrays of an NPZ file.
    ///
    /// @throws DatasetException if the file is unusable
    public static SplitSamples ofArrays(Path file) {
        var arrays = ArrayFile.read(file);
        return new SplitSamples(arrays.train(), arrays.test());
    }
}
