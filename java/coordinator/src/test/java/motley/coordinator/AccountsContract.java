package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import motley.coordinator.TestPeople.Proof;
import motley.coordinator.access.Proxies;
import motley.coordinator.access.SignUp;
import motley.coordinator.access.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Accounts from the first administrator to the last link, over real HTTP.
@Timeout(480)
final class AccountsContract {
    private static final String PASSWORD = TestPeople.PASSWORD;

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    private TestPeople open(SignUp signUp) throws IOException {
        return open(new Terms(signUp, Proxies.NONE));
    }

    private TestPeople open(Terms terms) throws IOException {
        var settings = new TestHome(folder.resolve("home")).settings(0, true);
        coordinator =
                Coordinator.open(settings.with(new CoordinatorSettings.Entrance(true, terms)));
        return new TestPeople(coordinator, http);
    }

    @Test
    void firstAdministratorIsMadeByTheLinkAndOnlyOnce() throws Exception {
        var people = open(SignUp.INVITE);
        var token = coordinator.setupToken().orElseThrow();
        var before = people.get(Proof.NONE, "/v1/session").json(200);
        assertThat(before.get("isSetUp").booleanValue()).isFalse();
        assertThat(before.get("signUp").textValue()).isEqualTo("invite");
        assertThat(before.has("person")).isFalse();
        assertThat(
                        people.send(Proof.NONE, "POST", "/v1/setup", account("x" + token, "ann"))
                                .detail(403))
                .startsWith("token: wrong");
        assertThat(
                        people.send(Proof.NONE, "POST", "/v1/setup", account(token, "ann", "short"))
                                .detail(400))
                .isEqualTo("password: 5 characters (expected: 10 to 200)");
        var made = people.send(Proof.NONE, "POST", "/v1/setup", account(token, "ann"));
        var browser = made.browser(201);
        assertThat(made.response().headers().firstValue("set-cookie").orElseThrow())
                .startsWith("motley-session=")
                .contains("Path=/; ", "HttpOnly", "SameSite=Lax");
        assertThat(people.send(Proof.NONE, "POST", "/v1/setup", account(token, "bob")).status())
                .isEqualTo(403);
        assertThat(coordinator.setupToken()).isEmpty();
        assertThat(people.get(browser.proof(), "/v1/accounts").json(200).get("accounts"))
                .hasSize(1);
        coordinator.close();
        people = open(SignUp.INVITE);
        assertThat(coordinator.setupToken()).isEmpty();
        assertThat(
                        people.get(browser.proof(), "/v1/session")
                                .json(200)
                                .get("person")
                                .get("name")
                                .textValue())
                .isEqualTo("ann");
    }

    @Test
    void invitationIsGoodOnceAndForItsRoles() throws Exception {
        var people = open(SignUp.INVITE);
        assertThat(people.send(Proof.NONE, "POST", "/v1/accounts", signUp("eve", "")).detail(403))
                .startsWith("invitation: missing");
        var invitation =
                people.send(people.owner(), "POST", "/v1/invitations", "{\"roles\":[\"provider\"]}")
                        .json(201);
        assertThat(people.get(people.owner(), "/v1/invitations").json(200).get("invitations"))
                .hasSize(1)
                .allMatch(open -> !open.has("token"));
        var secret = invitation.get("token").textValue();
        var joined = people.send(Proof.NONE, "POST", "/v1/accounts", signUp("pia", secret));
        assertThat(joined.json(201).get("person").get("roles").toString())
                .isEqualTo("[\"provider\"]");
        assertThat(
                        people.send(Proof.NONE, "POST", "/v1/accounts", signUp("eve", secret))
                                .detail(403))
                .startsWith("invitation: wrong, used or expired");
        var withdrawn = people.send(people.owner(), "POST", "/v1/invitations", "").json(201);
        var path = "/v1/invitations/" + withdrawn.get("id").textValue();
        assertThat(people.send(people.owner(), "DELETE", path, "").status()).isEqualTo(204);
        var late = signUp("eve", withdrawn.get("token").textValue());
        assertThat(people.send(Proof.NONE, "POST", "/v1/accounts", late).status()).isEqualTo(403);
    }

    @Test
    void signUpIsOpenOrClosedAsTheOperatorSays() throws Exception {
        var people = open(SignUp.OPEN);
        var made = people.send(Proof.NONE, "POST", "/v1/accounts", signUp("ann", "")).json(201);
        assertThat(made.get("person").get("roles").toString())
                .isEqualTo("[\"requestor\",\"provider\"]");
        assertThat(people.send(Proof.NONE, "POST", "/v1/accounts", signUp("ann", "")).detail(400))
                .isEqualTo("name: ann is taken (expected: another)");
        assertThat(people.send(Proof.NONE, "POST", "/v1/accounts", signUp("owner", "")).status())
                .isEqualTo(400);
        coordinator.close();
        people = open(SignUp.CLOSED);
        assertThat(people.send(Proof.NONE, "POST", "/v1/accounts", signUp("bob", "")).detail(403))
                .startsWith("sign-up: closed");
    }

    @Test
    void guessingIsSlowedDownAndAuditedAndTellsNothing() throws Exception {
        var people = open(SignUp.INVITE);
        people.person("ann", "requestor");
        var unknown = people.logIn("nobody-here", PASSWORD).detail(401);
        for (int i = 0; i < 5; i++) {
            assertThat(people.logIn("ann", "wrong guess " + i).detail(401)).isEqualTo(unknown);
        }
        var locked = people.logIn("ann", PASSWORD);
        assertThat(locked.detail(429)).startsWith("too many attempts");
        assertThat(locked.response().headers().firstValueAsLong("retry-after").orElseThrow())
                .isPositive();
        var entries = people.get(people.owner(), "/v1/audit?count=10").json(200).get("entries");
        assertThat(entries.findValuesAsText("action")).contains("log-in-refused", "account-add");
        assertThat(entries.toString()).doesNotContain("wrong guess", PASSWORD);
        assertThat(entries.get(0).get("address").textValue()).isEqualTo("127.0.0.1");
    }

    @Test
    void passwordIsChangedByItsOwnerAlone() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "requestor");
        var elsewhere = people.logIn("ann", PASSWORD).browser(200);
        var change = "{\"current\":\"%s\",\"password\":\"%s\"}";
        var wrong = change.formatted("not this one", "another good one");
        assertThat(people.send(ann.proof(), "PUT", "/v1/account/password", wrong).detail(403))
                .startsWith("current: wrong");
        var common = change.formatted(PASSWORD, "password1234");
        assertThat(people.send(ann.proof(), "PUT", "/v1/account/password", common).detail(400))
                .startsWith("password: a common one");
        var right = change.formatted(PASSWORD, "another good one");
        var now = people.send(ann.proof(), "PUT", "/v1/account/password", right).browser(200);
        assertThat(people.get(now.proof(), "/v1/runs").status()).isEqualTo(200);
        assertThat(people.get(ann.proof(), "/v1/runs").status()).isEqualTo(401);
        assertThat(people.get(elsewhere.proof(), "/v1/runs").status()).isEqualTo(401);
        assertThat(people.logIn("ann", PASSWORD).status()).isEqualTo(401);
        assertThat(people.logIn("ann", "another good one").status()).isEqualTo(200);
    }

    @Test
    void resetEndsWhatWasLetInBefore() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "requestor");
        var token = people.bearer(ann, "read");
        var link = people.send(people.owner(), "POST", "/v1/accounts/ann/reset", "").json(201);
        var reset =
                "{\"token\":\"%s\",\"password\":\"a new long one\"}"
                        .formatted(link.get("token").textValue());
        assertThat(people.send(Proof.NONE, "POST", "/v1/account/reset", reset).status())
                .isEqualTo(200);
        assertThat(people.get(ann.proof(), "/v1/runs").status()).isEqualTo(401);
        assertThat(people.get(token, "/v1/runs").status()).isEqualTo(401);
        assertThat(people.send(Proof.NONE, "POST", "/v1/account/reset", reset).status())
                .isEqualTo(403);
        assertThat(people.logIn("ann", "a new long one").status()).isEqualTo(200);
    }

    @Test
    void tokenMakesNoStrongerOne() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "requestor,provider");
        var weak = people.bearer(ann, "account");
        var more = "{\"name\":\"more\",\"scopes\":[\"account\",\"train\"]}";
        assertThat(people.send(weak, "POST", "/v1/tokens", more).detail(403))
                .startsWith("scopes: train");
        var same = "{\"name\":\"same\",\"scopes\":[\"account\"],\"expiresInSeconds\":9999999}";
        var first = people.get(weak, "/v1/tokens").json(200).get("tokens").get(0);
        var second = people.send(weak, "POST", "/v1/tokens", same).json(201);
        assertThat(second.get("expiresAtMs").longValue())
                .isLessThanOrEqualTo(first.get("expiresAtMs").longValue());
        assertThat(people.get(weak, "/v1/tokens").response().body())
                .doesNotContain(second.get("token").textValue());
    }

    @Test
    void runIsSharedToReadOrToWrite() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "requestor");
        var bob = people.person("bob", "requestor");
        var run = "/v1/runs/" + startedBy(people, ann);
        assertThat(people.get(bob.proof(), run).status()).isEqualTo(404);
        share(people, ann, run, "read");
        assertThat(people.get(bob.proof(), run).status()).isEqualTo(200);
        assertThat(people.get(bob.proof(), "/v1/runs").json(200).get("runs")).hasSize(1);
        assertThat(people.send(bob.proof(), "POST", run + "/pause", "").status()).isEqualTo(403);
        assertThat(people.get(bob.proof(), run + "/shares").status()).isEqualTo(404);
        share(people, ann, run, "write");
        assertThat(people.send(bob.proof(), "POST", run + "/pause", "").status()).isEqualTo(202);
        assertThat(people.send(ann.proof(), "DELETE", run + "/shares/bob", "").status())
                .isEqualTo(204);
        assertThat(people.get(bob.proof(), run).status()).isEqualTo(404);
    }

    /// Knowing a hash is no right to the bytes, neither to read them nor to train on them.
    @Test
    void blobIsForWhoeverDepositedIt() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "requestor");
        var request = RunRequestJson.write(TestHome.request(coordinator, 1)).toString();
        assertThat(people.send(ann.proof(), "POST", "/v1/runs", request).detail(400))
                .endsWith("(expected: one that you have deposited)");
    }

    @Test
    void deviceOfALinkBelongsToWhoMadeItAndComesBackUntilItIsRevoked() throws Exception {
        var people = open(SignUp.INVITE);
        var ann = people.person("ann", "provider");
        var bob = people.person("bob", "requestor");
        var made =
                people.send(ann.proof(), "POST", "/v1/join-tokens", "{\"name\":\"desk\"}")
                        .json(201);
        var token = made.get("token").textValue();
        assertThat(made.get("link").textValue()).isEqualTo(coordinator.uri() + "/#join=" + token);
        var path = "/v1/join-tokens/" + made.get("id").textValue();
        var picture = people.get(ann.proof(), path + "/qr.svg").response();
        assertThat(picture.headers().firstValue("content-type")).hasValue("image/svg+xml");
        assertThat(picture.body()).startsWith("<svg ");
        try (var device = device("desk", token)) {
            device.sessionToken().get(80, TimeUnit.SECONDS);
            var seen = people.get(ann.proof(), "/v1/devices").json(200).get("devices").get(0);
            assertThat(seen.has("profile")).isTrue();
            var foreign = people.get(bob.proof(), "/v1/devices").json(200).get("devices").get(0);
            assertThat(foreign.properties()).hasSize(3);
        }
        TestPeople.execute(folder.resolve("home"), "update join_token set expires_at_ms = 1");
        assertThat(people.get(ann.proof(), path + "/qr.svg").status()).isEqualTo(410);
        try (var stranger = device("stranger", token)) {
            assertThat(stranger.answers().poll(80, TimeUnit.SECONDS))
                    .asString()
                    .contains("token: wrong or missing");
        }
        try (var again = device("desk", token)) {
            again.sessionToken().get(80, TimeUnit.SECONDS);
            assertThat(people.send(ann.proof(), "DELETE", path, "").status()).isEqualTo(204);
            assertThat(again.answers().poll(80, TimeUnit.SECONDS))
                    .asString()
                    .contains("what let it in was revoked");
        }
        try (var late = device("desk", token)) {
            assertThat(late.answers().poll(80, TimeUnit.SECONDS))
                    .asString()
                    .contains("token: wrong or missing");
        }
    }

    /// What a client writes into the header itself, before the proxy adds to it, counts for
    /// nothing.
    @Test
    void proxyIsBelievedWhereItIsTrusted() throws Exception {
        var people = open(new Terms(SignUp.INVITE, Proxies.at(List.of())));
        people.person("ann", "requestor");
        var body = "{\"name\":\"ann\",\"password\":\"" + PASSWORD + "\"}";
        var proxied =
                new Proof(
                        Map.of(
                                "x-forwarded-for", "10.9.9.9, 192.0.2.7",
                                "x-forwarded-proto", "https",
                                "x-forwarded-host", "motley.example"));
        var answer = people.send(proxied, "POST", "/v1/session", body);
        assertThat(answer.response().headers().firstValue("set-cookie").orElseThrow())
                .startsWith("__Host-motley-session=")
                .endsWith("; Secure");
        var entry = people.get(people.owner(), "/v1/audit?count=1").json(200).get("entries").get(0);
        assertThat(entry.get("address").textValue()).isEqualTo("192.0.2.7");
    }

    private TestDevice device(String id, String token) {
        var settings = TestDevice.Settings.honest(id).withToken(token);
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    private static void share(TestPeople people, TestPeople.Browser by, String run, String may)
            throws Exception {
        var body = "{\"may\":\"" + may + "\"}";
        people.send(by.proof(), "PUT", run + "/shares/bob", body).json(200);
    }

    private String startedBy(TestPeople people, TestPeople.Browser person) throws Exception {
        var request = TestHome.request(coordinator, 1);
        var id = people.get(person.proof(), "/v1/session").json(200).get("person").get("id");
        for (var blob : request.blobs()) {
            TestPeople.execute(
                    folder.resolve("home"),
                    "insert into blob_owner (sha256, owner) values ('%s', '%s')"
                            .formatted(blob, id.textValue()));
        }
        var body = RunRequestJson.write(request).toString();
        var run = people.send(person.proof(), "POST", "/v1/runs", body).json(201);
        assertThat(run.get("owner")).isEqualTo(id);
        return run.get("id").textValue();
    }

    private static String account(String token, String name) {
        return account(token, name, PASSWORD);
    }

    private static String account(String token, String name, String password) {
        return "{\"token\":\"%s\",\"name\":\"%s\",\"password\":\"%s\"}"
                .formatted(token, name, password);
    }

    private static String signUp(String name, String invitation) {
        var more = invitation.isEmpty() ? "" : ",\"invitation\":\"" + invitation + "\"";
        return "{\"name\":\"%s\",\"password\":\"%s\"%s}".formatted(name, PASSWORD, more);
    }
}
