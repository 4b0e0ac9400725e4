package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetDownloadTest {
    @TempDir Path directory;

    private final List<String> said = new ArrayList<>();

    @Test
    void installedFilesAreUnpackedAndKept() throws Exception {
        var known = known("one", "two");
        install("one", "1");
        install("two", "2");
        var kept = fetch(known);
        assertThat(kept.resolve("one")).hasContent("1");
        assertThat(kept.resolve("two")).hasContent("2");
        said.clear();
        fetch(known);
        assertThat(said).isEmpty();
    }

    @Test
    void damagedCopiesAreFetchedAgain() throws Exception {
        var known = known("one", "two");
        install("one", "1");
        install("two", "2");
        Files.writeString(fetch(known).resolve("two"), "3");
        assertThat(fetch(known).resolve("two")).hasContent("2");
    }

    @Test
    void filesOfAnotherHashAreRefusedWithTheirNames() throws Exception {
        install("one", "1");
        install("two", "not 2");
        assertThatThrownBy(() -> fetch(known("one", "two")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("two has SHA-256")
                .hasMessageContaining("--data DIR");
        assertThat(directory.resolve("kept")).doesNotExist();
    }

    @Test
    void missingFilesAreNamed() throws Exception {
        install("one", "1");
        assertThatThrownBy(() -> fetch(known("one", "two"))).hasMessageContaining("two.gz");
    }

    @Test
    void knownNamesAreFound() {
        assertThat(KnownDataset.named("fashion-mnist")).contains(KnownDataset.FASHION_MNIST);
        assertThat(KnownDataset.named("fashion")).isEmpty();
    }

    private Path fetch(KnownDataset known) throws InterruptedException {
        return new DatasetDownload(known, directory.resolve("kept"), said::add).fetch();
    }

    /// A data set whose first file holds `1` and whose second holds `2`.
    private KnownDataset known(String first, String second) throws Exception {
        var files = new TreeMap<String, String>();
        files.put(first, sha256("1"));
        files.put(second, sha256("2"));
        var installed = Optional.of(Files.createDirectories(directory.resolve("installed")));
        return new KnownDataset("known", "Known", installed, List.of(), Optional.empty(), files);
    }

    private void install(String name, String content) throws IOException {
        var folder = Files.createDirectories(directory.resolve("installed"));
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name + ".gz")))) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String sha256(String content) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(content.getBytes(StandardCharsets.UTF_8)));
    }
}
