package motley.coordinator.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/// What people let others see or change: runs, data sets, models, projects. Any thread may call.
public final class Shares {
    /// In place of a person: whoever has an account. Nobody can be called that.
    public static final String EVERYBODY = "everybody";

    private final Jdbi jdbi;

    public Shares(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What others may do with something that is not theirs.
    public enum May {
        READ,
        WRITE;

        /// @throws IllegalArgumentException if the word is none of them
        public static May of(String word) {
            return Words.parse("may", word, May.class);
        }
    }

    /// Something that can be shared.
    ///
    /// @param kind such as `run`
    public record Thing(String kind, String id) {}

    /// @param person their id
    public record Share(String person, May may) {}

    /// Lets `person` do `may` with a thing, and no more than that.
    public void put(Thing thing, String person, May may) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into share (kind, id, person, may) values (?, ?, ?, ?) on"
                                        + " conflict (kind, id, person) do update set may ="
                                        + " excluded.may",
                                thing.kind,
                                thing.id,
                                person,
                                Words.of(may)));
    }

    /// @return whether there was anything to take away
    public boolean remove(Thing thing, String person) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "delete from share where kind = ? and id = ? and person ="
                                                + " ?",
                                        thing.kind,
                                        thing.id,
                                        person))
                == 1;
    }

    /// A thing is gone.
    public void removeAll(Thing thing) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "delete from share where kind = ? and id = ?",
                                thing.kind,
                                thing.id));
    }

    /// With whom a thing is shared.
    public List<Share> of(Thing thing) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select person, may from share where kind = :kind and id ="
                                                + " :id order by person")
                                .bind("kind", thing.kind)
                                .bind("id", thing.id)
                                .map(
                                        (row, context) ->
                                                new Share(
                                                        row.getString("person"),
                                                        May.of(row.getString("may"))))
                                .list());
    }

    /// The ids of what of a kind is shared with `person`, or with everybody.
    public Set<String> with(Person person, String kind) {
        return jdbi.withHandle(
                handle ->
                        handle
                                .createQuery(
                                        "select id from share where kind = :kind and person in"
                                                + " (:person, :everybody)")
                                .bind("kind", kind)
                                .bind("everybody", EVERYBODY)
                                .bind("person", person.id())
                                .mapTo(String.class)
                                .stream()
                                .collect(Collectors.toUnmodifiableSet()));
    }

    /// Whether `person` may do `may` with a thing of `owner`.
    public boolean allows(Person person, May may, Thing thing, String owner) {
        if (person.mayUse(owner)) return true;
        if (person.equals(Person.NOBODY)) return false;
        return of(thing).stream()
                .filter(share -> Set.of(person.id(), EVERYBODY).contains(share.person))
                .anyMatch(share -> share.may.compareTo(may) >= 0);
    }
}
