package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/// People at a coordinator with accounts, as their browsers and programs talk to it.
record TestPeople(Coordinator coordinator, HttpClient http) {
    static final String PASSWORD = "correct horse battery";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// What somebody sends with each request.
    record Proof(Map<String, String> headers) {
        static final Proof NONE = new Proof(Map.of());

        static Proof bearer(String token) {
            return new Proof(Map.of("authorization", "Bearer " + token));
        }
    }

    /// A person's browser.
    record Browser(String cookie, String csrf) {
        Proof proof() {
            return new Proof(Map.of("cookie", cookie, "x-motley-csrf", csrf));
        }

        Proof withoutCsrf() {
            return new Proof(Map.of("cookie", cookie));
        }
    }

    /// What answers.
    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        JsonNode json(int expected) throws IOException {
            assertThat(status()).as(response.body()).isEqualTo(expected);
            return MAPPER.readTree(response.body());
        }

        String detail(int expected) throws IOException {
            return json(expected).get("detail").textValue();
        }

        Browser browser(int expected) throws IOException {
            var csrf = json(expected).get("csrf").textValue();
            var cookie = response.headers().firstValue("set-cookie").orElseThrow();
            return new Browser(cookie.substring(0, cookie.indexOf(';')), csrf);
        }
    }

    /// Whoever has the token of the home folder.
    Proof owner() {
        return Proof.bearer(coordinator.token().orElseThrow());
    }

    /// A person with these roles, as words between commas.
    Browser person(String name, String roles) throws Exception {
        var list = roles.isEmpty() ? "" : '"' + roles.replace(",", "\",\"") + '"';
        var added = send(owner(), "PUT", "/v1/accounts/" + name, "{\"roles\":[" + list + "]}");
        var link = added.json(201).get("token").textValue();
        var body = MAPPER.createObjectNode().put("token", link).put("password", PASSWORD);
        return send(Proof.NONE, "POST", "/v1/account/reset", body.toString()).browser(200);
    }

    /// A token of a person for these scopes.
    JsonNode token(Browser of, String... scopes) throws Exception {
        var body = MAPPER.createObjectNode().put("name", "test");
        var list = body.putArray("scopes");
        for (var scope : scopes) list.add(scope);
        return send(of.proof(), "POST", "/v1/tokens", body.toString()).json(201);
    }

    Proof bearer(Browser of, String... scopes) throws Exception {
        return Proof.bearer(token(of, scopes).get("token").textValue());
    }

    Answer send(Proof proof, String method, String path, String body) throws Exception {
        var request =
                HttpRequest.newBuilder(coordinator.uri().resolve(path))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        proof.headers.forEach(request::header);
        return new Answer(http.send(request.build(), BodyHandlers.ofString()));
    }

    Answer get(Proof proof, String path) throws Exception {
        return send(proof, "GET", path, "");
    }

    Answer logIn(String name, String password) throws Exception {
        var body = MAPPER.createObjectNode().put("name", name).put("password", password);
        return send(Proof.NONE, "POST", "/v1/session", body.toString());
    }

    /// Changes the database behind the coordinator's back, as time does.
    static void execute(Path home, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(TestDatabase.url(home));
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
        }
    }
}
