package motley.coordinator.access;

import org.jdbi.v3.core.Jdbi;

/// Who has deposited which blob. Blobs are named by their hashes, and knowing a hash is no right to
/// the bytes. Any thread may call.
public final class BlobOwners {
    private final Jdbi jdbi;

    public BlobOwners(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void add(String sha256, Person person) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into blob_owner (sha256, owner) values (?, ?) on conflict"
                                        + " (sha256, owner) do nothing",
                                sha256,
                                person.id()));
    }

    /// Whether `person` has had the bytes before.
    public boolean mayRead(String sha256, Person person) {
        if (person.is(Role.ADMINISTRATOR)) return true;
        return jdbi.withHandle(
                        handle ->
                                handle.createQuery(
                                                "select count(*) from blob_owner where sha256 ="
                                                        + " :sha256 and owner = :owner")
                                        .bind("sha256", sha256)
                                        .bind("owner", person.id())
                                        .mapTo(Integer.class)
                                        .one())
                > 0;
    }
}
