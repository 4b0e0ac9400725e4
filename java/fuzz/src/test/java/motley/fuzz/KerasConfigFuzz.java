package motley.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.zip.ZipInputStream;
import motley.interchange.keras.KerasFile;

/// The JSON by which Keras describes a model, with the weights of one that fits it.
public final class KerasConfigFuzz {
    private static final String WEIGHTS = "model.weights.h5";
    private static final byte[] HONEST = weights();

    private KerasConfigFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(archive(bytes), KerasFile::read);
    }

    private static byte[] archive(byte[] config) {
        var entries = new LinkedHashMap<String, byte[]>();
        entries.put("config.json", config);
        entries.put(WEIGHTS, HONEST);
        try {
            return SampleTrials.zip(entries);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    private static byte[] weights() {
        var archive = new ByteArrayInputStream(Corpus.bytes("KerasArchiveFuzz", "honest-small"));
        try (var zip = new ZipInputStream(archive)) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(WEIGHTS)) return zip.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("honest-small: damaged", e);
        }
        throw new IllegalStateException("honest-small: no " + WEIGHTS);
    }
}
