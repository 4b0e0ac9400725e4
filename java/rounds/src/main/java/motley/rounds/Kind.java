package motley.rounds;

/// What a task asks for.
public enum Kind {
    /// The sum of the gradients over the task's samples, with loss and hits.
    TRAIN,
    /// Loss and hits over the task's samples of the evaluation set; no gradient.
    EVALUATE
}
