/// Requests that are sent again because their answer was lost.
@NullMarked
package motley.coordinator.repeats;

import org.jspecify.annotations.NullMarked;
