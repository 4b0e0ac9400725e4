/// Every parser of bytes from outside, tried on bytes that nobody wrote. Everything here is a test.
@NullMarked
package motley.fuzz;

import org.jspecify.annotations.NullMarked;
