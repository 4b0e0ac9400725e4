/// The command line, and the only place that chooses implementations.
@NullMarked
package motley.app;

import org.jspecify.annotations.NullMarked;
