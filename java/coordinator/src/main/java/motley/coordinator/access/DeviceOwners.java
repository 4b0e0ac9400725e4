package motley.coordinator.access;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Whose devices are, over restarts. Any thread may call.
final class DeviceOwners {
    private final Jdbi jdbi;
    private final InstantSource clock;

    DeviceOwners(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @param joinToken the id of the one it came with; empty if with another token
    record Ownership(String owner, String joinToken) {}

    Optional<Ownership> of(String device) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from device_owner where device = :device")
                                .bind("device", device)
                                .map(
                                        (row, context) ->
                                                new Ownership(
                                                        row.getString("owner"),
                                                        row.getString("join_token")))
                                .findOne());
    }

    void put(String device, Ownership ownership) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into device_owner (device, owner, join_token, since_ms)"
                                        + " values (?, ?, ?, ?) on conflict (device) do update set"
                                        + " owner = excluded.owner, join_token ="
                                        + " excluded.join_token",
                                device,
                                ownership.owner,
                                ownership.joinToken,
                                clock.millis()));
    }

    List<String> devicesOf(String owner) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select device from device_owner where owner = :owner")
                                .bind("owner", owner)
                                .mapTo(String.class)
                                .list());
    }
}
