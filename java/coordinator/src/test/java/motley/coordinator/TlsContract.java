package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import motley.coordinator.CoordinatorSettings.Entrance;
import motley.coordinator.CoordinatorSettings.Identity;
import motley.coordinator.TestPeople.Proof;
import motley.coordinator.access.Terms;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.Protocol;
import motley.wire.Session;
import motley.wire.Transport;
import motley.wire.Trust;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator at https with a certificate made for the test by the JDK's keytool.
@Timeout(480)
final class TlsContract {
    private static final char[] STORE_PASSWORD = "only-for-this-test".toCharArray();

    @TempDir private Path folder;

    @Test
    void peopleAndDevicesComeEncryptedAndKnowWhomTheyTalkTo() throws Exception {
        var identity = identity();
        var settings = new TestHome(folder.resolve("home")).settings(0, true);
        var entrance = new Entrance(true, Terms.USUAL, Optional.of(identity));
        var trust = Trust.in(identity.certificate());
        try (var coordinator = Coordinator.open(settings.with(entrance));
                var http = HttpClient.newBuilder().sslContext(trust.context()).build()) {
            assertThat(coordinator.uri().getScheme()).isEqualTo("https");
            var people = new TestPeople(coordinator, http);
            people.person("ann", "requestor");
            var login = people.logIn("ann", TestPeople.PASSWORD);
            var headers = login.response().headers();
            assertThat(headers.firstValue("set-cookie").orElseThrow())
                    .startsWith("__Host-motley-session=")
                    .endsWith("; Secure");
            assertThat(headers.firstValue("strict-transport-security")).isPresent();
            var browser = login.browser(200);
            assertThat(people.get(browser.proof(), "/v1/runs").status()).isEqualTo(200);
            // Over an encrypted connection a cookie that others could have set is none.
            var plain = browser.cookie().replace("__Host-", "");
            var weak = new TestPeople.Browser(plain, browser.csrf());
            assertThat(people.get(weak.proof(), "/v1/runs").status()).isEqualTo(401);

            for (var transport : Transport.values()) {
                assertThat(answer(coordinator, transport, trust))
                        .isInstanceOf(FromCoordinator.Welcome.class);
                assertThatThrownBy(() -> answer(coordinator, transport, Trust.SYSTEM))
                        .hasMessageContaining("closed");
            }
            requireUnknownIsRefused(coordinator);
        }
    }

    @Test
    void everyAnswerSaysWhatBrowsersMayDoWithIt() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).openWithToken();
                var http = HttpClient.newHttpClient()) {
            var people = new TestPeople(coordinator, http);
            for (var path : new String[] {"/v1/session", "/v1/runs", "/v1/nothing", "/", "/a.js"}) {
                var headers = people.get(Proof.NONE, path).response().headers();
                assertThat(headers.firstValue("x-content-type-options"))
                        .as(path)
                        .hasValue("nosniff");
                assertThat(headers.allValues("content-security-policy"))
                        .as(path)
                        .singleElement()
                        .asString()
                        .contains("frame-ancestors 'none'", "default-src '");
                assertThat(headers.firstValue("referrer-policy")).as(path).hasValue("no-referrer");
                assertThat(headers.firstValue("server")).as(path).isEmpty();
            }
            var session = people.get(Proof.NONE, "/v1/session").response().headers();
            assertThat(session.firstValue("cache-control")).hasValue("no-store");
        }
    }

    private static void requireUnknownIsRefused(Coordinator coordinator) {
        try (var strict = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(coordinator.uri().resolve("/v1/health")).build();
            assertThatThrownBy(() -> strict.send(request, BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        }
    }

    /// What a device that says hello hears first.
    private static FromCoordinator answer(Coordinator coordinator, Transport transport, Trust trust)
            throws Exception {
        var first = new CompletableFuture<FromCoordinator>();
        var session =
                transport.connect(
                        coordinator.uri(),
                        trust,
                        new Session.Handler<>() {
                            @Override
                            public void received(FromCoordinator message) {
                                first.complete(message);
                            }

                            @Override
                            public void closed(String why) {
                                first.completeExceptionally(new IOException("closed: " + why));
                            }
                        });
        session.send(
                new FromDevice.Hello(
                        Protocol.VERSION,
                        coordinator.token().orElseThrow(),
                        "tls",
                        "tls",
                        profile()));
        try {
            return first.get(80, TimeUnit.SECONDS);
        } finally {
            session.close("enough");
        }
    }

    private static DeviceProfile profile() {
        return TestDevice.profile(Optional.empty());
    }

    private Identity identity() throws Exception {
        var store = folder.resolve("store.p12");
        var command =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "motley",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(STORE_PASSWORD));
        var log = folder.resolve("keytool.log").toFile();
        var process = command.redirectErrorStream(true).redirectOutput(log).start();
        assertThat(process.waitFor()).as(() -> "see " + log).isZero();
        var keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD);
        var certificate = folder.resolve("certificate.pem");
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("motley").getEncoded()));
        var key = folder.resolve("key.pem");
        var secret = keys.getKey("motley", STORE_PASSWORD).getEncoded();
        Files.writeString(key, pem("PRIVATE KEY", secret));
        return new Identity(certificate, key);
    }

    private static String pem(String what, byte[] bytes) {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
    }
}
