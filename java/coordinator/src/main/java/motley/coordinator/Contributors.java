package motley.coordinator;

import static java.util.stream.Collectors.joining;
import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.List;

/// Whose devices may work for a run.
public sealed interface Contributors {
    /// Names of devices and people at most.
    int NAMES_MAX = 100;

    /// Anybody's.
    record Everybody() implements Contributors {}

    /// Those of the run's owner.
    record Mine() implements Contributors {}

    /// Those that are named, and those of people who are named.
    record Named(List<Name> names) implements Contributors {
        public Named {
            names = List.copyOf(names);
            require(
                    !names.isEmpty() && names.size() <= NAMES_MAX,
                    "contributors: %d names (expected: 1 to %d)",
                    names.size(),
                    NAMES_MAX);
        }
    }

    /// A device, by its id or name, or a person, by id.
    sealed interface Name {
        record OfDevice(String device) implements Name {}

        record OfPerson(String person) implements Name {}
    }

    /// A device that wants to work.
    ///
    /// @param owner the person whose it is
    record Candidate(String id, String name, String owner) {}

    /// Whether `device` may work for a run of `owner`.
    default boolean admits(Candidate device, String owner) {
        return switch (this) {
            case Everybody _ -> true;
            case Mine _ -> device.owner.equals(owner);
            case Named(var names) -> names.stream().anyMatch(name -> isNamed(name, device));
        };
    }

    private static boolean isNamed(Name name, Candidate device) {
        return switch (name) {
            case Name.OfDevice(var named) -> named.equals(device.id) || named.equals(device.name);
            case Name.OfPerson(var person) -> person.equals(device.owner);
        };
    }

    /// `everybody`, `mine`, or names as `device:NAME,person:ID`.
    default String text() {
        return switch (this) {
            case Everybody _ -> "everybody";
            case Mine _ -> "mine";
            case Named(var names) -> names.stream().map(Contributors::text).collect(joining(","));
        };
    }

    private static String text(Name name) {
        return switch (name) {
            case Name.OfDevice(var device) -> "device:" + device;
            case Name.OfPerson(var person) -> "person:" + person;
        };
    }

    /// @throws IllegalArgumentException if `text` is not what [#text] gives
    static Contributors parse(String text) {
        return switch (text) {
            case "everybody" -> new Everybody();
            case "mine" -> new Mine();
            default ->
                    new Named(Arrays.stream(text.split(",", -1)).map(Contributors::name).toList());
        };
    }

    private static Name name(String text) {
        int colon = text.indexOf(':');
        var rest = text.substring(colon + 1).strip();
        var kind = colon < 0 ? "" : text.substring(0, colon).strip();
        boolean isName = !rest.isEmpty() && (kind.equals("device") || kind.equals("person"));
        require(
                isName,
                "contributors: %s (expected: everybody, mine, or names as"
                        + " device:NAME,person:ID)",
                text);
        return kind.equals("device") ? new Name.OfDevice(rest) : new Name.OfPerson(rest);
    }
}
