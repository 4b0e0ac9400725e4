/// Forms in which updates and parameters travel: fewer bytes, for less precision or for none.
@NullMarked
package motley.wire.encoding;

import org.jspecify.annotations.NullMarked;
