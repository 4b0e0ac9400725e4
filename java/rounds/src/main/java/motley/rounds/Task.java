package motley.rounds;

import java.time.Duration;

/// Work in one device's hands until a deadline: which samples, at which parameters.
///
/// @param key what a contribution to this task repeats
/// @param kind training or evaluation
/// @param epoch counted from 0
/// @param samples positions of the samples, in the order of the epoch's keyed permutation when
///     training and in the order of the data set when evaluating
/// @param ttl time until the lease expires unless a heartbeat renews it
public record Task(TaskKey key, Kind kind, int epoch, Range samples, Duration ttl) {}
