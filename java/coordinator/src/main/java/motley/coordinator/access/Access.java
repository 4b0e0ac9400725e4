package motley.coordinator.access;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;
import org.jdbi.v3.core.Jdbi;

/// Who may talk to the coordinator: everybody on its own machine where it listens to nobody else,
/// otherwise people with accounts, their programs and their devices, and whoever has the token in
/// its home folder.
public final class Access {
    private static final String SESSION = "/v1/session";

    private final Optional<String> token;
    private final Registry registry;
    private final Terms terms;
    private final Setup setup;
    private final Shares shares;
    private final BlobOwners blobs;

    private Access(Optional<String> token, Jdbi jdbi, InstantSource clock, Terms terms) {
        this.token = token;
        this.terms = terms;
        registry = Registry.of(jdbi, clock, token.orElseGet(Secret::random), terms.proxies());
        shares = new Shares(jdbi);
        blobs = new BlobOwners(jdbi);
        setup = new Setup(token.isPresent() && !registry.accounts().hasAdministrator());
    }

    /// Nothing is asked; everything belongs to [Person#OWNER].
    public static Access ofEverybody(Jdbi jdbi, InstantSource clock) {
        return new Access(Optional.empty(), jdbi, clock, Terms.USUAL);
    }

    /// People with accounts, and who has the token in `file`, which is made with a new one if it
    /// does not exist, for its owner only.
    public static Access guarded(Jdbi jdbi, InstantSource clock, Path file, Terms terms)
            throws IOException {
        if (!Files.exists(file)) create(file);
        var token = Files.readString(file).strip();
        if (token.isEmpty()) throw new IOException(file + ": empty (expected: a token)");
        return new Access(Optional.of(token), jdbi, clock, terms);
    }

    /// That in the home folder, where one is needed.
    public Optional<String> token() {
        return token;
    }

    /// What makes the first administrator; empty if there is one, or nothing is asked.
    public Optional<String> setupToken() {
        return setup.token();
    }

    public Terms terms() {
        return terms;
    }

    /// What people let others see or change.
    public Shares shares() {
        return shares;
    }

    /// Who has deposited which blob.
    public BlobOwners blobs() {
        return blobs;
    }

    /// What a device may come in with.
    ///
    /// @param owner whose device it is
    /// @param ownerBefore whose it was; empty if it is new
    public record Ticket(String owner, String joinToken, Optional<String> ownerBefore) {
        /// Whether it came as somebody else's.
        public boolean isHandedOver() {
            return ownerBefore.filter(before -> !before.equals(owner)).isPresent();
        }
    }

    /// What `offered` is to the device with this id; empty if it lets it not in.
    public Optional<Ticket> ticket(String offered, String device) {
        var before = registry.devices().of(device);
        var ownerBefore = before.map(DeviceOwners.Ownership::owner);
        if (token.isEmpty() || Secret.isEqual(token.get(), offered)) {
            return Optional.of(new Ticket(Person.OWNER.id(), "", ownerBefore));
        }
        var joins = registry.joins();
        var join =
                joins.withSecret(offered)
                        .filter(found -> !joins.hasExpired(found) || before.equals(of(found)))
                        .map(found -> new Ticket(found.owner(), found.id(), ownerBefore));
        return join.or(() -> byApiToken(offered, ownerBefore))
                .filter(ticket -> isProvider(ticket.owner));
    }

    /// A device is in.
    public void joined(String device, Ticket ticket) {
        registry.devices().put(device, new DeviceOwners.Ownership(ticket.owner, ticket.joinToken));
    }

    /// Whose a device is; empty if it has never been in.
    public Optional<String> ownerOf(String device) {
        return registry.devices().of(device).map(DeviceOwners.Ownership::owner);
    }

    /// The person with this id or name, if they have an account or are the owner.
    public Optional<String> personId(String idOrName) {
        if (idOrName.equals(Person.OWNER.id())) return Optional.of(idOrName);
        return registry.accounts().find(idOrName).map(Account::id);
    }

    /// Who has this id, if they have an account or are the owner.
    public Optional<Person> person(String id) {
        if (id.equals(Person.OWNER.id())) return Optional.of(Person.OWNER);
        return registry.accounts().person(id);
    }

    /// What the person with this id is called; the id, if there is none.
    public String nameOf(String id) {
        return registry.accounts().nameOf(id).orElse(id);
    }

    /// Notes in the audit log what the caller did.
    public void note(ServiceRequestContext context, String action, String subject) {
        registry.note(context, action, subject);
    }

    /// Lets a request pass and notes whose it is.
    ///
    /// @param isOfDevice whether it has the token of a device's session
    /// @throws Problem if it may not
    public void check(
            Route route,
            ServiceRequestContext context,
            RequestHeaders headers,
            boolean isOfDevice) {
        var gate = new Gate(registry, token, terms.proxies());
        gate.check(route, context, headers, isOfDevice);
    }

    /// Lets a page or a program open a device's session over WebSocket.
    ///
    /// @throws Problem if the request may not pass
    public void checkSocket(ServiceRequestContext context, RequestHeaders headers) {
        new Gate(registry, token, terms.proxies()).checkSocket(context, headers);
    }

    /// Accounts, sessions, tokens and invitations over HTTP.
    ///
    /// @param expel sends devices away, by their ids
    public List<Route> routes(Consumer<List<String>> expel) {
        var sessions = new SessionRoutes(registry, terms, setup, token.isPresent());
        var routes =
                List.of(
                        sessions.routes(),
                        new AccountRoutes(registry, sessions, terms, expel).routes(),
                        new TokenRoutes(registry).routes(),
                        new JoinTokenRoutes(registry, terms.proxies(), expel).routes(),
                        new AuditRoutes(registry).routes());
        return routes.stream().flatMap(List::stream).map(this::ifNeeded).toList();
    }

    /// Where nothing is asked there is nobody to log in.
    private Route ifNeeded(Route route) {
        boolean isQuestion = route.path().equals(SESSION) && route.method().name().equals("GET");
        if (token.isPresent() || isQuestion) return route;
        return new Route(
                route.method(),
                route.path(),
                route.scope(),
                route.isLong(),
                (context, request) -> {
                    throw new Problem(
                            HttpStatus.CONFLICT,
                            "accounts: none here (expected: a coordinator that was started with"
                                    + " --accounts)");
                });
    }

    private Optional<Ticket> byApiToken(String offered, Optional<String> ownerBefore) {
        return registry.tokens()
                .withSecret(offered)
                .filter(found -> found.scopes().contains(TokenScope.DEVICES))
                .map(found -> new Ticket(found.owner(), "", ownerBefore));
    }

    private boolean isProvider(String owner) {
        return registry.accounts().person(owner).filter(p -> p.is(Role.PROVIDER)).isPresent();
    }

    private static Optional<DeviceOwners.Ownership> of(JoinToken token) {
        return Optional.of(new DeviceOwners.Ownership(token.owner(), token.id()));
    }

    private static void create(Path file) throws IOException {
        Files.createFile(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    file, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
        Files.writeString(file, Secret.random(), StandardOpenOption.WRITE);
    }
}
