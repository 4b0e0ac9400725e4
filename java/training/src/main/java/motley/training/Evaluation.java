package motley.training;

import java.util.Optional;

/// All that is known of a model after it has seen some samples.
///
/// @param confusion which classes it takes for which; empty where targets are not classes
public record Evaluation(Score score, Optional<Confusion> confusion) {}
