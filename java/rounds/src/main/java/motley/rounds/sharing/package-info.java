/// Which of several runs a device works for.
@NullMarked
package motley.rounds.sharing;

import org.jspecify.annotations.NullMarked;
