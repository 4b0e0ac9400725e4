/// Models as stored things: read from uploads, understood whole before anything is kept, shown,
/// named by runs, given out in other forms, removed.
@NullMarked
package motley.coordinator.models;

import org.jspecify.annotations.NullMarked;
