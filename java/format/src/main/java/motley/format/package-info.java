/// One layout for all Java sources; everything here is a test.
@NullMarked
package motley.format;

import org.jspecify.annotations.NullMarked;
