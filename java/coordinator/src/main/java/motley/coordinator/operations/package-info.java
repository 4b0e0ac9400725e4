/// What whoever runs a coordinator looks at: whether it lives, whether it is ready, its figures.
@NullMarked
package motley.coordinator.operations;

import org.jspecify.annotations.NullMarked;
