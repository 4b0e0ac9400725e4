package motley.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whose word a client takes for who a server is: the authorities that this machine knows, or those
/// in one file and no others.
public final class Trust {
    /// The authorities that this machine knows.
    public static final Trust SYSTEM = new Trust(List.of());

    private static final int CERTIFICATES_MAX = 100;
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final List<X509Certificate> certificates;

    private Trust(List<X509Certificate> certificates) {
        this.certificates = List.copyOf(certificates);
    }

    /// The authorities, or the very certificates of servers, in a PEM file.
    ///
    /// @throws IOException if there are none to be read in it
    public static Trust in(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + ": too long (expected: certificates in PEM)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            var certificates = new ArrayList<X509Certificate>();
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (one instanceof X509Certificate x509) certificates.add(x509);
            }
            if (certificates.isEmpty() || certificates.size() > CERTIFICATES_MAX) {
                throw new IOException(
                        "%s: %d certificates (expected: 1 to %d in PEM)"
                                .formatted(file, certificates.size(), CERTIFICATES_MAX));
            }
            return new Trust(certificates);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": not readable (expected: certificates in PEM)", e);
        }
    }

    /// Empty for those that this machine knows.
    Optional<List<X509Certificate>> chosen() {
        return certificates.isEmpty() ? Optional.empty() : Optional.of(certificates);
    }

    /// For clients of the JDK.
    public SSLContext context() {
        try {
            if (certificates.isEmpty()) return SSLContext.getDefault();
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("" + i, certificates.get(i));
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java has TLS and a place for certificates", e);
        }
    }
}
