/// The device protocol: messages to domain records and back, and update encodings.
@NullMarked
package motley.wire;

import org.jspecify.annotations.NullMarked;
