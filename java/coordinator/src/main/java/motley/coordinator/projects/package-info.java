/// Trainings that are prepared, kept and shown before they start.
@NullMarked
package motley.coordinator.projects;

import org.jspecify.annotations.NullMarked;
