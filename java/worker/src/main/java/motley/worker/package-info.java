/// The agent on a device: takes tasks, runs programs, reports.
@NullMarked
package motley.worker;

import org.jspecify.annotations.NullMarked;
