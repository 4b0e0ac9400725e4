package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import motley.coordinator.credits.Credits;
import picocli.CommandLine.Option;

/// What a run may cost. It is set aside at the start, so it cannot be changed later.
final class BudgetOptions {
    @Option(
            names = "--budget",
            paramLabel = "CREDITS",
            description = {
                "end it before a round that these do not pay (default: what it takes); a credit",
                "is 10^12 operations, see `motley credits --help`"
            })
    private Optional<String> budget = Optional.empty();

    /// Adds what was said to `request`.
    ///
    /// @throws UserException if the budget is no number
    void addTo(ObjectNode request) {
        budget.ifPresent(value -> request.put("budgetMicros", micros(value)));
    }

    private static long micros(String credits) {
        try {
            return Credits.micros("--budget", credits);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }
}
