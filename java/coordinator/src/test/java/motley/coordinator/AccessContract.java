package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import motley.coordinator.TestPeople.Browser;
import motley.coordinator.TestPeople.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every route against everybody it is not for. Routes are taken from the coordinator, whom they
/// are for from `routes.txt`: one that is not there fails.
@Timeout(480)
final class AccessContract {
    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;
    private TestPeople people;
    private Map<String, Line> lines;

    /// What `routes.txt` says of a route.
    private record Line(String method, String path, String who, String whose) {
        boolean isSafe() {
            return SAFE.contains(method);
        }

        boolean isPublic() {
            return who.equals("public");
        }

        /// The role that people need; empty: none.
        String role() {
            return switch (who) {
                case "requestors", "devices-too", "device" -> "requestor";
                case "providers" -> "provider";
                case "administrators", "monitors" -> "administrator";
                default -> "";
            };
        }

        String scope() {
            return switch (who) {
                case "providers" -> "devices";
                case "administrators" -> "admin";
                case "monitors" -> "metrics";
                case "account" -> "account";
                default -> isSafe() ? "read" : "train";
            };
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @BeforeEach
    void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).openWithToken();
        people = new TestPeople(coordinator, http);
        lines = lines();
    }

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    @Test
    void everyRouteHasALineAndKeepsToIt() {
        var served = new TreeMap<String, String>();
        for (var route : coordinator.routes()) {
            var scope = route.scope().name().toLowerCase(Locale.ROOT).replace('_', '-');
            served.put(route.method().name() + " " + route.path(), scope);
        }
        var stated = new TreeMap<String, String>();
        lines.values().forEach(line -> stated.put(line.toString(), line.who));
        assertThat(served).as("routes, and whom routes.txt says they are for").isEqualTo(stated);
        for (var line : lines.values()) {
            assertThat(line.path.contains("{"))
                    .as(line + ": theirs or any, where the path names something")
                    .isEqualTo(!line.whose.isEmpty());
        }
    }

    @Test
    void whoeverProvesNothingIsRefused() throws Exception {
        var gone = people.person("gone", "administrator,requestor,provider");
        var revoked = people.token(gone, "read", "train", "devices", "admin", "account");
        var expired = people.token(gone, "read", "train", "devices", "admin", "account");
        var join = people.send(gone.proof(), "POST", "/v1/join-tokens", "").json(201);
        var ended = people.logIn("gone", TestPeople.PASSWORD).browser(200);
        people.send(ended.proof(), "DELETE", "/v1/session", "");
        var id = revoked.get("id").textValue();
        assertThat(people.send(gone.proof(), "DELETE", "/v1/tokens/" + id, "").status())
                .isEqualTo(204);
        TestPeople.execute(folder.resolve("home"), "update api_token set expires_at_ms = 1");
        var wrong = new LinkedHashMap<String, Proof>();
        wrong.put("nobody", Proof.NONE);
        wrong.put("an invented token", Proof.bearer("x".repeat(32)));
        wrong.put("no token at all", Proof.bearer(""));
        wrong.put("a revoked token", Proof.bearer(revoked.get("token").textValue()));
        wrong.put("an expired token", Proof.bearer(expired.get("token").textValue()));
        wrong.put("a join token", Proof.bearer(join.get("token").textValue()));
        wrong.put("a session that was ended", ended.proof());
        wrong.put("an invented session", new Browser("motley-session=abc", "abc").proof());
        TestPeople.execute(folder.resolve("home"), "update web_session set seen_at_ms = 1");
        wrong.put("a session that has expired", gone.proof());
        requireRefused(wrong);
    }

    @Test
    void whoeverIsDisabledIsRefused() throws Exception {
        people.person("boss", "administrator");
        var gone = people.person("gone", "administrator,requestor,provider");
        var token = people.bearer(gone, "read", "train", "devices", "admin", "account");
        var disabled =
                people.send(people.owner(), "PATCH", "/v1/accounts/gone", "{\"isDisabled\":true}");
        assertThat(disabled.json(200).get("isDisabled").booleanValue()).isTrue();
        requireRefused(Map.of("their session", gone.proof(), "their token", token));
        assertThat(people.logIn("gone", TestPeople.PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void rolesAreNeeded() throws Exception {
        for (var role : List.of("", "requestor", "provider", "administrator")) {
            var name = role.isEmpty() ? "guest" : role;
            var browser = people.person(name, role);
            var refused = new ArrayList<Line>();
            for (var line : lines.values()) {
                boolean isFit =
                        line.role().isEmpty()
                                || line.role().equals(role)
                                || role.equals("administrator");
                if (!isFit) refused.add(line);
                // A device's route is for no person, whatever their role.
                if (isFit && !line.who.equals("device") && !line.path.equals("/v1/session")) {
                    requireLetThrough(name, line, browser.proof());
                }
            }
            for (var line : refused) {
                if (line.who.equals("device")) continue;
                assertThat(status(browser.proof(), line)).as(name + ": " + line).isEqualTo(403);
            }
        }
    }

    @Test
    void tokensDoWhatTheyAreForAndNoMore() throws Exception {
        var all = people.person("all", "administrator,requestor,provider");
        for (var scope : List.of("read", "train", "devices", "admin", "metrics", "account")) {
            var bearer = people.bearer(all, scope);
            for (var line : lines.values()) {
                if (line.isPublic() || line.who.equals("device")) continue;
                if (!line.scope().equals(scope)) {
                    assertThat(status(bearer, line)).as(scope + " token: " + line).isEqualTo(403);
                } else if (!line.path.equals("/v1/session")) {
                    requireLetThrough(scope + " token", line, bearer);
                }
            }
        }
    }

    @Test
    void pagesOfOtherOriginsChangeNothing() throws Exception {
        var all = people.person("all", "administrator,requestor,provider");
        for (var line : lines.values()) {
            if (line.isSafe() || line.who.equals("device")) continue;
            for (var header :
                    Map.of("origin", "https://evil.example", "sec-fetch-site", "cross-site")
                            .entrySet()) {
                var headers = new TreeMap<>(all.proof().headers());
                headers.put(header.getKey(), header.getValue());
                assertThat(status(new Proof(headers), line))
                        .as(line + header.getKey())
                        .isEqualTo(403);
            }
            if (line.isPublic()) continue;
            assertThat(status(all.withoutCsrf(), line)).as("no CSRF: " + line).isEqualTo(403);
            var wrong = new Browser(all.cookie(), "x".repeat(43)).proof();
            assertThat(status(wrong, line)).as("wrong CSRF: " + line).isEqualTo(403);
        }
        var other = people.person("other", "requestor");
        var mixed = new Browser(all.cookie(), other.csrf()).proof();
        assertThat(people.send(mixed, "POST", "/v1/invitations", "").status()).isEqualTo(403);
    }

    @Test
    void devicesDoTheirWorkAndNothingElse() throws Exception {
        var settings = TestDevice.Settings.honest("a").withToken(coordinator.token().orElseThrow());
        try (var device = TestDevice.start(coordinator.uri(), settings, folder)) {
            var bearer = Proof.bearer(device.sessionToken().get(80, TimeUnit.SECONDS));
            for (var line : lines.values()) {
                boolean isTheirs = line.who.startsWith("device") || line.isPublic();
                if (isTheirs) requireLetThrough("device", line, bearer);
                else assertThat(status(bearer, line)).as("device: " + line).isEqualTo(403);
            }
        }
    }

    /// Somebody with every role but the administrator's finds nothing of another's.
    @Test
    void whatIsAnothersIsNotThere() throws Exception {
        var mine = people.person("me", "requestor,provider");
        var other = people.person("other", "requestor,provider");
        var things = things(mine);
        for (var line : lines.values()) {
            if (!line.whose.equals("theirs")) continue;
            var path = filled(line.path, things);
            var body = line.path.endsWith("{person}") ? "{\"may\":\"write\"}" : "";
            var headers = new TreeMap<>(other.proof().headers());
            headers.put("upload-offset", "0");
            assertThat(people.send(new Proof(headers), line.method, path, body).status())
                    .as("other: %s", line)
                    .isEqualTo(404);
        }
        for (var list :
                Map.of(
                                "runs",
                                "runs",
                                "projects",
                                "projects",
                                "tokens",
                                "tokens",
                                "join-tokens",
                                "joinTokens")
                        .entrySet()) {
            assertThat(
                            people.get(other.proof(), "/v1/" + list.getKey())
                                    .json(200)
                                    .get(list.getValue()))
                    .as(list.getKey())
                    .isEmpty();
            assertThat(
                            people.get(mine.proof(), "/v1/" + list.getKey())
                                    .json(200)
                                    .get(list.getValue()))
                    .as(list.getKey())
                    .isNotEmpty();
        }
        assertThat(people.get(mine.proof(), "/v1/runs/" + things.get("run")).status())
                .isEqualTo(200);
        assertThat(people.get(people.owner(), "/v1/runs/" + things.get("run")).status())
                .isEqualTo(200);
    }

    private void requireRefused(Map<String, Proof> wrong) throws Exception {
        for (var proof : wrong.entrySet()) {
            for (var line : lines.values()) {
                if (line.isPublic()) continue;
                assertThat(status(proof.getValue(), line))
                        .as(proof.getKey() + ": " + line)
                        .isEqualTo(401);
            }
        }
    }

    /// Whatever is wrong with the request, it is not who sends it.
    private void requireLetThrough(String who, Line line, Proof proof) throws Exception {
        assertThat(status(proof, line)).as(who + ": " + line).isNotIn(401, 403, 500);
    }

    private int status(Proof proof, Line line) throws Exception {
        return people.send(proof, line.method, filled(line.path, Map.of()), "").status();
    }

    /// One of everything that belongs to somebody.
    private Map<String, String> things(Browser of) throws Exception {
        var all = people.bearer(of, "read", "train", "devices", "account");
        var bytes = "a blob".getBytes(StandardCharsets.UTF_8);
        var sha256 = TestHome.sha256(bytes);
        assertThat(people.send(all, "PUT", "/v1/blobs/" + sha256, "a blob").status())
                .isEqualTo(201);
        var request = TestHome.request(coordinator, 1);
        for (var blob : request.blobs()) adopt(blob, of);
        var run =
                people.send(all, "POST", "/v1/runs", RunRequestJson.write(request).toString())
                        .json(201);
        var join = people.send(all, "POST", "/v1/join-tokens", "").json(201);
        var token = people.token(of, "read");
        var upload =
                people.send(all, "POST", "/v1/uploads", "{\"name\":\"a.csv\",\"size\":9}")
                        .json(201);
        var things = new TreeMap<String, String>();
        things.put("run", run.get("id").textValue());
        things.put("sha256", sha256);
        things.put("join", join.get("id").textValue());
        things.put("token", token.get("id").textValue());
        things.put("upload", upload.get("id").textValue());
        var project = people.send(all, "POST", "/v1/projects", "{\"name\":\"mine\"}").json(201);
        things.put("project", project.get("id").textValue());
        things.put("person", "other");
        return things;
    }

    /// What was deposited in code belongs to the owner; so that a person may train on it too.
    private void adopt(String blob, Browser of) throws Exception {
        var me = people.get(of.proof(), "/v1/session").json(200).get("person").get("id");
        TestPeople.execute(
                folder.resolve("home"),
                "insert into blob_owner (sha256, owner) values ('%s', '%s')"
                        .formatted(blob, me.textValue()));
    }

    private static String filled(String path, Map<String, String> things) {
        var token = path.contains("join-tokens") ? things.get("join") : things.get("token");
        return path.replace("{run}", things.getOrDefault("run", "none"))
                .replace("{sha256}", things.getOrDefault("sha256", "0".repeat(64)))
                .replace("{token}", Objects.requireNonNullElse(token, "none"))
                .replace("{upload}", things.getOrDefault("upload", "none"))
                .replace("{project}", things.getOrDefault("project", "none"))
                .replace("{person}", things.getOrDefault("person", "none"))
                .replace("{version}", "0")
                .replace("{lease}", "1")
                .replaceAll("\\{[a-z]+}", "-");
    }

    private static Map<String, Line> lines() throws IOException {
        var lines = new LinkedHashMap<String, Line>();
        try (var in = AccessContract.class.getResourceAsStream("routes.txt")) {
            var text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (var row : text.lines().filter(row -> !row.startsWith("#")).toList()) {
                var words = row.strip().split("\\s+");
                var whose = words.length > 3 ? words[3] : "";
                var line = new Line(words[0], words[1], words[2], whose);
                lines.put(line.toString(), line);
            }
        }
        return lines;
    }
}
