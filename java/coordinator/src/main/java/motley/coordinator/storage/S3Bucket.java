package motley.coordinator.storage;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket of S3, or of any store that speaks as it does.
///
/// Credentials, region and endpoint come from where the AWS tools find them: `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, and the files in `~/.aws`.
public final class S3Bucket implements BlobBucket, AutoCloseable {
    private static final int NOT_FOUND = 404;
    private static final String PROBE = "motley-probe";

    private final S3Client client;
    private final String bucket;
    private final String prefix;

    private S3Bucket(S3Client client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix;
    }

    /// Opens `s3://BUCKET` or `s3://BUCKET/PREFIX`; nothing is sent yet.
    ///
    /// @throws IllegalArgumentException if `uri` is neither
    /// @throws IOException if region or credentials are not to be found
    public static S3Bucket open(URI uri) throws IOException {
        var host = uri.getHost();
        require(
                "s3".equals(uri.getScheme()) && host != null && uri.getQuery() == null,
                "blobs: %s (expected: s3://BUCKET or s3://BUCKET/PREFIX)",
                uri);
        var path = uri.getPath().replaceFirst("^/+", "").replaceFirst("/+$", "");
        try {
            var client =
                    S3Client.builder()
                            .httpClientBuilder(UrlConnectionHttpClient.builder())
                            // Stores other than S3 itself seldom answer to a bucket's own host
                            // name.
                            .forcePathStyle(hasEndpoint())
                            .build();
            return new S3Bucket(client, host, path.isEmpty() ? "" : path + "/");
        } catch (SdkException e) {
            throw new IOException("blobs: %s: %s".formatted(uri, e.getMessage()), e);
        }
    }

    private static boolean hasEndpoint() {
        return System.getenv("AWS_ENDPOINT_URL") != null
                || System.getenv("AWS_ENDPOINT_URL_S3") != null;
    }

    /// The part of the bucket whose names begin with `folder`.
    public S3Bucket folder(String folder) {
        return new S3Bucket(client, bucket, prefix + folder + "/");
    }

    @Override
    public void put(String name, Path file) throws IOException {
        try {
            if (!has(name)) {
                client.putObject(
                        request -> request.bucket(bucket).key(prefix + name),
                        RequestBody.fromFile(file));
            }
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public boolean fetch(String name, Path file) throws IOException {
        try (var body = client.getObject(request -> request.bucket(bucket).key(prefix + name))) {
            Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (NoSuchKeyException _) {
            return false;
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(bucket).key(prefix + name));
        } catch (SdkException e) {
            throw failure(name, e);
        }
    }

    @Override
    public void probe() throws IOException {
        try {
            client.putObject(
                    request -> request.bucket(bucket).key(prefix + PROBE), RequestBody.empty());
            client.deleteObject(request -> request.bucket(bucket).key(prefix + PROBE));
        } catch (SdkException e) {
            throw failure(PROBE, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private boolean has(String name) {
        try {
            client.headObject(request -> request.bucket(bucket).key(prefix + name));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) return false;
            throw e;
        }
    }

    private IOException failure(String name, SdkException cause) {
        return new IOException(
                "blobs: s3://%s/%s%s: %s".formatted(bucket, prefix, name, cause.getMessage()),
                cause);
    }
}
