/// What work is worth, who has earned it, and a ledger whose accounts always sum to zero.
@NullMarked
package motley.rounds.credits;

import org.jspecify.annotations.NullMarked;
