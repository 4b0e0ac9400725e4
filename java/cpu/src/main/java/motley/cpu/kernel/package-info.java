/// Kernels of the JVM engine: register tiles made at run time, and the loops that feed them.
@NullMarked
package motley.cpu.kernel;

import org.jspecify.annotations.NullMarked;
