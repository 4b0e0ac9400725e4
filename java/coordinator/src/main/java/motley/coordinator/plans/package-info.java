/// Programs compiled for devices that cannot do it themselves.
///
/// A plan follows from the program and from what the device says of itself, so that devices alike
/// share one.
@NullMarked
package motley.coordinator.plans;

import org.jspecify.annotations.NullMarked;
