package motley.nn;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import motley.program.Engine.Carry;
import motley.program.Program;

/// A program made by [TrainingPrograms], with the meaning of its params and results by position.
///
/// Every kind lists its params and results in order. Parameters, gradients and optimizer state are
/// in the order of [Model#parameters] and [Optimizer#state].
///
/// What they share:
/// - `key` `i32[2]` names the random numbers.
/// - `inputs` and `targets` are the samples: the model's input and target types with the batch in
///   front.
/// - `weights` `f32[batch]` is 1 for a sample that counts, 0 for one that only fills the batch.
/// - `samples` `i32[batch]` are the samples' numbers in the data set.
/// - `lossSum` `f32[]` is `Σ weights·loss` in nats, and `correct` `f32[]` is
///   `Σ weights·[guess = label]`: sums, so that micro-batches add up.
/// - `learningRate` `f32[]`, and `step` `f32[]`, which is 1 for the first.
public sealed interface TrainingProgram {
    Program program();

    /// First values of every parameter.
    /// Params: `key`. Results: the parameters.
    record Initial(Program program, int parameterCount) implements TrainingProgram {
        public int key() {
            return 0;
        }

        public Span parameters() {
            return new Span(0, parameterCount);
        }
    }

    /// One micro-batch's contribution.
    /// Params: the parameters, `inputs`, `targets`, `weights`, `samples`, `key`.
    /// Results: `lossSum`, `correct`, then the gradient of `lossSum` in each parameter.
    record Gradient(Program program, int parameterCount) implements TrainingProgram {
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        public int inputs() {
            return parameterCount;
        }

        public int targets() {
            return parameterCount + 1;
        }

        public int weights() {
            return parameterCount + 2;
        }

        public int samples() {
            return parameterCount + 3;
        }

        public int key() {
            return parameterCount + 4;
        }

        public int lossSum() {
            return 0;
        }

        public int correct() {
            return 1;
        }

        public Span gradients() {
            return new Span(2, parameterCount);
        }
    }

    /// Loss and accuracy without dropout and without gradients.
    /// Params: the parameters, `inputs`, `targets`, `weights`. Results: `lossSum`, `correct`.
    record Evaluate(Program program, int parameterCount) implements TrainingProgram {
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        public int inputs() {
            return parameterCount;
        }

        public int targets() {
            return parameterCount + 1;
        }

        public int weights() {
            return parameterCount + 2;
        }

        public int lossSum() {
            return 0;
        }

        public int correct() {
            return 1;
        }
    }

    /// As [Evaluate], and what the model made of every sample: what the loss compares, before a
    /// link ([Model#hasLink]).
    /// Params: the parameters, `inputs`, `targets`, `weights`. Results: `lossSum`, `correct`,
    /// `output` `f32[batch, …]`.
    record Examine(Program program, int parameterCount) implements TrainingProgram {
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        public int inputs() {
            return parameterCount;
        }

        public int targets() {
            return parameterCount + 1;
        }

        public int weights() {
            return parameterCount + 2;
        }

        public int lossSum() {
            return 0;
        }

        public int correct() {
            return 1;
        }

        public int output() {
            return 2;
        }
    }

    /// The model's outputs, `f32[batch, …]`, for samples whose targets nobody knows.
    /// Params: the parameters, `inputs`. Results: `output`.
    record Predict(Program program, int parameterCount) implements TrainingProgram {
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        public int inputs() {
            return parameterCount;
        }

        public int output() {
            return 0;
        }
    }

    /// One step of an optimizer.
    /// Params: the parameters, the state, the mean gradients, `learningRate`, `step`.
    /// Results: the parameters, the state.
    record Update(Program program, int parameterCount, int stateCount) implements TrainingProgram {
        /// As params and as results.
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        /// As params and as results.
        public Span state() {
            return new Span(parameterCount, stateCount);
        }

        public Span gradients() {
            return new Span(parameterCount + stateCount, parameterCount);
        }

        public int learningRate() {
            return gradients().end();
        }

        public int step() {
            return learningRate() + 1;
        }

        /// What the next run takes over from this one.
        public List<Carry> carries() {
            return carried(parameterCount + stateCount);
        }
    }

    /// A whole training step on one machine, with the mean of the loss over the batch.
    /// Params: the parameters, the state, `learningRate`, `step`,
    /// `inputs`, `targets`, `weights`, `samples`, `key`. Results: the parameters, the state,
    /// `lossSum`, `correct`.
    record Step(Program program, int parameterCount, int stateCount) implements TrainingProgram {
        /// As params and as results.
        public Span parameters() {
            return new Span(0, parameterCount);
        }

        /// As params and as results.
        public Span state() {
            return new Span(parameterCount, stateCount);
        }

        public int learningRate() {
            return state().end();
        }

        public int step() {
            return state().end() + 1;
        }

        public int inputs() {
            return state().end() + 2;
        }

        public int targets() {
            return state().end() + 3;
        }

        public int weights() {
            return state().end() + 4;
        }

        public int samples() {
            return state().end() + 5;
        }

        public int key() {
            return state().end() + 6;
        }

        public int lossSum() {
            return state().end();
        }

        public int correct() {
            return state().end() + 1;
        }

        /// What the next run takes over from this one.
        public List<Carry> carries() {
            return carried(parameterCount + stateCount);
        }
    }

    /// Consecutive positions.
    record Span(int first, int count) {
        public int at(int index) {
            return first + Objects.checkIndex(index, count);
        }

        /// The position after the last.
        public int end() {
            return first + count;
        }
    }

    private static List<Carry> carried(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Carry(i, i)).toList();
    }
}
