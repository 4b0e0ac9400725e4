package motley.training;

/// How well a model did on some samples.
///
/// @param loss the mean over the samples, in nats
/// @param accuracy the share of right guesses, in [0, 1]
public record Score(double loss, double accuracy) {}
