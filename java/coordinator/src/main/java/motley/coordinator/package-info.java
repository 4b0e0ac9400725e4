/// The server: accounts, projects, runs, the fleet, aggregation and storage.
@NullMarked
package motley.coordinator;

import org.jspecify.annotations.NullMarked;
