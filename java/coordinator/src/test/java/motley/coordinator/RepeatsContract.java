package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import motley.coordinator.TestPeople.Answer;
import motley.coordinator.TestPeople.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Requests that come twice with one `Idempotency-Key`.
@Timeout(240)
final class RepeatsContract {
    private static final String KEY = "5f0c2f4e-1111-4222-8333-abcdefabcdef";
    private static final String LIST = "/v1/join-tokens";

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;
    private TestPeople people;

    @BeforeEach
    void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).openWithToken();
        people = new TestPeople(coordinator, http);
    }

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    @Test
    void sameRequestIsAnsweredOnceAlsoAfterARestart() throws Exception {
        var request = RunRequestJson.write(TestHome.request(coordinator, 1)).toString();
        var first = post(people.owner(), KEY, "/v1/runs", request);
        var run = first.json(201).get("id").textValue();
        var second = post(people.owner(), KEY, "/v1/runs", request);
        assertThat(second.json(201).get("id").textValue()).isEqualTo(run);
        assertThat(header(second, "location")).isEqualTo("/v1/runs/" + run);
        assertThat(header(second, "idempotency-replayed")).isEqualTo("true");
        assertThat(header(first, "idempotency-replayed")).isEmpty();

        coordinator.close();
        open();
        var third = post(people.owner(), KEY, "/v1/runs", request);
        assertThat(third.json(201).get("id").textValue()).isEqualTo(run);
        assertThat(coordinator.runs()).hasSize(1);
        assertThat(post(people.owner(), KEY + "2", "/v1/runs", request).status()).isEqualTo(201);
        assertThat(coordinator.runs()).hasSize(2);
    }

    @Test
    void otherRequestWithTheKeyIsRefused() throws Exception {
        var owner = people.owner();
        assertThat(post(owner, KEY, LIST, "{\"name\":\"a\"}").status()).isEqualTo(201);
        assertThat(post(owner, KEY, LIST, "{\"name\":\"b\"}").detail(422))
                .startsWith("idempotency-key: was sent with another request");
        assertThat(post(owner, KEY, "/v1/uploads", "{\"name\":\"a\"}").status()).isEqualTo(422);
        assertThat(people.get(owner, LIST).json(200).get("joinTokens")).hasSize(1);
    }

    @Test
    void keysArePersonal() throws Exception {
        var mine = people.person("me", "provider");
        var other = people.person("other", "provider");
        var first = post(mine.proof(), KEY, LIST, "{}").json(201).get("id");
        var second = post(other.proof(), KEY, LIST, "{}").json(201).get("id");
        assertThat(second).isNotEqualTo(first);
    }

    /// A request that made nothing may be mended and sent again with its key.
    @Test
    void failuresAreNotKept() throws Exception {
        var owner = people.owner();
        assertThat(post(owner, KEY, LIST, "{\"naem\":1}").status()).isEqualTo(400);
        assertThat(post(owner, KEY, LIST, "{}").status()).isEqualTo(201);
    }

    @Test
    void unfitKeysAreRefused() throws Exception {
        for (var key : new String[] {"short", "x".repeat(256), "has spaces in it, sixteen"}) {
            assertThat(post(people.owner(), key, LIST, "{}").detail(400))
                    .startsWith("idempotency-key: " + key.length() + " characters");
        }
        assertThat(people.get(people.owner(), LIST).json(200).get("joinTokens")).isEmpty();
    }

    @Test
    void manyAtOnceMakeOne() throws Exception {
        var owner = people.owner();
        var calls = new ArrayList<Callable<Answer>>();
        for (int i = 0; i < 16; i++) calls.add(() -> post(owner, KEY, LIST, "{}"));
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get().status()).isIn(201, 409);
            }
        }
        assertThat(people.get(owner, LIST).json(200).get("joinTokens")).hasSize(1);
    }

    /// A coordinator that died in between cannot say whether it was done.
    @Test
    void answerThatDiedWithTheCoordinatorIsSaidToBeUnknown() throws Exception {
        var owner = people.owner();
        assertThat(post(owner, KEY, LIST, "{}").status()).isEqualTo(201);
        coordinator.close();
        TestPeople.execute(folder.resolve("home"), "update idempotent_reply set sealed = null");
        open();
        assertThat(post(people.owner(), KEY, LIST, "{}").detail(409))
                .startsWith("idempotency-key: the coordinator ended while it answered");
    }

    @Test
    void keptForADay() throws Exception {
        var owner = people.owner();
        var first = post(owner, KEY, LIST, "{}").json(201).get("id");
        TestPeople.execute(
                folder.resolve("home"),
                "update idempotent_reply set at_ms = at_ms - 24 * 3600 * 1000");
        assertThat(post(owner, KEY, LIST, "{}").json(201).get("id")).isNotEqualTo(first);
    }

    /// The answer to a request for a token is the token.
    @Test
    void secretsInKeptAnswersAreNotInTheDatabase() throws Exception {
        var body = "{\"name\":\"ci\",\"scopes\":[\"read\"]}";
        var secret = post(people.owner(), KEY, "/v1/tokens", body).json(201).get("token");
        var again = post(people.owner(), KEY, "/v1/tokens", body).json(201).get("token");
        assertThat(again).isEqualTo(secret);
        coordinator.close();
        try (var files = Files.walk(folder.resolve("home"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (file.getFileName().toString().equals("token")) continue;
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(text.contains(secret.textValue())).as(file.toString()).isFalse();
                assertThat(text.contains(KEY)).as(file.toString()).isFalse();
            }
        }
    }

    private Answer post(Proof proof, String key, String path, String body) throws Exception {
        var headers = new TreeMap<>(proof.headers());
        headers.put("idempotency-key", key);
        return people.send(new Proof(headers), "POST", path, body);
    }

    private static String header(Answer answer, String name) {
        return answer.response().headers().firstValue(name).orElse("");
    }
}
