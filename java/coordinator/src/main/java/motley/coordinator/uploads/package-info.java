/// Files on their way from people to the coordinator.
@NullMarked
package motley.coordinator.uploads;

import org.jspecify.annotations.NullMarked;
