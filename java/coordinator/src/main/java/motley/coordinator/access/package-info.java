/// Who may do what: people, their roles, and who sends a request.
@NullMarked
package motley.coordinator.access;

import org.jspecify.annotations.NullMarked;
