/// Data sets as stored things: made of uploads, cut into shards, shown, removed.
@NullMarked
package motley.coordinator.datasets;

import org.jspecify.annotations.NullMarked;
