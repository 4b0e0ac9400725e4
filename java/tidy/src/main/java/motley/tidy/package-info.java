/// The rules of the code base as tests; everything here is a test.
@NullMarked
package motley.tidy;

import org.jspecify.annotations.NullMarked;
