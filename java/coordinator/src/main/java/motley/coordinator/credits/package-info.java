/// Credits on a coordinator: the ledger in its database, what a run owes, what people are shown.
///
/// Payments for work are made by the transaction that makes the parameters durable which hold it.
/// So after a crash nothing is paid that has to be computed again, and what is in the parameters is
/// paid.
@NullMarked
package motley.coordinator.credits;

import org.jspecify.annotations.NullMarked;
