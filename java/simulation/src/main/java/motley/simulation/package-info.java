/// Coordinator and workers under virtual time and a hostile network.
@NullMarked
package motley.simulation;

import org.jspecify.annotations.NullMarked;
