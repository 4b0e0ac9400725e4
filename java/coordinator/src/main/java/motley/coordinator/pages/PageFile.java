package motley.coordinator.pages;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// A file of the web app, in memory.
///
/// @param packed the same, gzipped
/// @param tag what it is known by, in quotes: a hash of its content
record PageFile(MediaType type, HttpData plain, HttpData packed, String tag) {
    private static final int TAG_BYTES = 12;

    private static final Map<String, MediaType> TYPES =
            Map.of(
                    "html", MediaType.HTML_UTF_8,
                    "js", MediaType.parse("text/javascript; charset=utf-8"),
                    "css", MediaType.CSS_UTF_8,
                    "svg", MediaType.SVG_UTF_8,
                    "png", MediaType.PNG,
                    "webp", MediaType.WEBP,
                    "wasm", MediaType.parse("application/wasm"),
                    "json", MediaType.JSON_UTF_8,
                    "webmanifest", MediaType.parse("application/manifest+json"));

    /// The files that `files.txt` in a folder of the class path lists, by path; none where it is
    /// not there.
    static Map<String, PageFile> readAll(String folder) throws IOException {
        var files = new HashMap<String, PageFile>();
        var list = bytes(folder + "/files.txt").orElse(new byte[0]);
        for (var name : new String(list, StandardCharsets.UTF_8).lines().toList()) {
            var content = bytes(folder + "/" + name);
            if (content.isEmpty()) throw new IOException(name + ": listed, and not there");
            files.put(name, of(name, content.get()));
        }
        return Map.copyOf(files);
    }

    static PageFile of(String name, byte[] content) throws IOException {
        var ending = name.substring(name.lastIndexOf('.') + 1);
        var type = TYPES.getOrDefault(ending, MediaType.OCTET_STREAM);
        return new PageFile(
                type, HttpData.wrap(content), HttpData.wrap(packed(content)), tag(content));
    }

    boolean isWorthPacking() {
        return packed.length() < plain.length();
    }

    private static Optional<byte[]> bytes(String path) throws IOException {
        try (var in = PageFile.class.getClassLoader().getResourceAsStream(path)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        }
    }

    private static byte[] packed(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static String tag(byte[] content) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
