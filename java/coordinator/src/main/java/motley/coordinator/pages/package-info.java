/// The web app's files over HTTP.
@NullMarked
package motley.coordinator.pages;

import org.jspecify.annotations.NullMarked;
