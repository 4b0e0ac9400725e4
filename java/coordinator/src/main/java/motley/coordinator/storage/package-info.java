/// What a coordinator keeps: blobs in a folder, everything else in a database.
@NullMarked
package motley.coordinator.storage;

import org.jspecify.annotations.NullMarked;
