package motley.rounds.credits;

import static motley.tensor.Require.require;

/// Whose credits.
public sealed interface Account extends Comparable<Account> {
    /// Somebody who asks for work, or whose devices do it.
    ///
    /// @param id of the person
    record Person(String id) implements Account {}

    /// What is set aside for one run.
    record Escrow(String run) implements Account {}

    /// Where grants come from: it owes what people were given.
    record House() implements Account {}

    /// `person:ID`, `run:ID` or `house`.
    default String text() {
        return switch (this) {
            case Person(var id) -> "person:" + id;
            case Escrow(var run) -> "run:" + run;
            case House _ -> "house";
        };
    }

    /// @throws IllegalArgumentException if `text` is not what [#text] gives
    static Account parse(String text) {
        if (text.equals("house")) return new House();
        int colon = text.indexOf(':');
        require(colon > 0, "account: %s (expected: person:ID, run:ID or house)", text);
        var id = text.substring(colon + 1);
        return switch (text.substring(0, colon)) {
            case "person" -> new Person(id);
            case "run" -> new Escrow(id);
            default ->
                    throw new IllegalArgumentException(
                            "account: %s (expected: person:ID, run:ID or house)".formatted(text));
        };
    }

    @Override
    default int compareTo(Account that) {
        return text().compareTo(that.text());
    }
}
