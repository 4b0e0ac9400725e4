/// Training, evaluation and prediction on one machine, without a coordinator.
@NullMarked
package motley.training;

import org.jspecify.annotations.NullMarked;
