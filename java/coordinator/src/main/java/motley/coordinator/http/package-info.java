/// What every route of the HTTP API is made of: its declaration, its answers, its errors, bodies
/// that come part by part.
@NullMarked
package motley.coordinator.http;

import org.jspecify.annotations.NullMarked;
