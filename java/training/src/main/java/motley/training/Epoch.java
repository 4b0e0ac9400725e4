package motley.training;

import java.util.Optional;

/// What one pass over the training samples came to.
///
/// @param number counted from 1
/// @param train of the batches as they were trained on, each before its own step
/// @param validation of the weights after the epoch; empty if there are no samples for it
public record Epoch(int number, Score train, Optional<Score> validation) {}
