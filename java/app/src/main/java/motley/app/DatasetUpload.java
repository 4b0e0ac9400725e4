package motley.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import motley.data.ImageDataset;
import motley.nn.Model;
import motley.tensor.Shape;

/// Checks a dataset and brings it to a coordinator, which keeps files by their SHA-256: what it
/// has already does not travel again.
record DatasetUpload(ApiClient api) {
    /// @return the dataset as a run request names it
    /// @throws UserException if it does not fit `model`
    ObjectNode upload(ImageDataset dataset, Model model) throws IOException, InterruptedException {
        var train = dataset.readTrain();
        var test = dataset.readTest();
        requireShape(dataset.trainImages(), train.imageShape(), model);
        requireShape(dataset.testImages(), test.imageShape(), model);
        if (dataset.classes() > model.classes()) {
            throw new UserException(
                    "data: %d classes in %s (expected: at most %d, what %s tells apart)"
                            .formatted(
                                    dataset.classes(),
                                    dataset.trainLabels(),
                                    model.classes(),
                                    model.name()));
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("trainImages", blob(dataset.trainImages()))
                .put("trainLabels", blob(dataset.trainLabels()))
                .put("trainSamples", train.count())
                .put("testImages", blob(dataset.testImages()))
                .put("testLabels", blob(dataset.testLabels()))
                .put("testSamples", test.count())
                .put("classes", model.classes());
    }

    /// Uploads the file of a text or of arrays.
    ///
    /// @param data ends with `.txt` or `.npz`
    /// @return the dataset as a run request names it
    /// @throws UserException if it does not fit `model`
    ObjectNode uploadWhole(String data, SampleParts parts, Model model)
            throws IOException, InterruptedException {
        try {
            parts.train().requireClasses(model.classes());
            parts.test().requireClasses(model.classes());
        } catch (IllegalArgumentException e) {
            throw new UserException("data: %s: %s".formatted(data, e.getMessage()), e);
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put(SampleParts.isText(data) ? "text" : "arrays", uploadPlain(Path.of(data)))
                .put("trainSamples", parts.train().count())
                .put("testSamples", parts.test().count());
    }

    /// A data set that the coordinator has: nothing travels.
    ///
    /// @param name its name or id
    /// @return the newest version as a run request names it
    ObjectNode stored(String name) throws IOException, InterruptedException {
        var found = StoredDatasets.newest(api, name);
        return JsonNodeFactory.instance
                .objectNode()
                .put("stored", found.id())
                .put("index", found.version().path("index").asText())
                .put("trainSamples", found.version().path("trainSamples").asInt())
                .put("testSamples", found.version().path("testSamples").asInt());
    }

    private static void requireShape(Path file, Shape shape, Model model) {
        if (shape.equals(model.inputShape())) return;
        throw new UserException(
                "data: images %s in %s (expected: %s, what %s takes)"
                        .formatted(shape, file, model.inputShape(), model.name()));
    }

    private String blob(Path file) throws IOException, InterruptedException {
        if (!file.toString().endsWith(".gz")) return uploadPlain(file);
        var plain = Files.createTempFile("motley", ".idx");
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
            return uploadPlain(plain);
        } finally {
            Files.delete(plain);
        }
    }

    /// Uploads a file of any kind.
    String uploadPlain(Path file) throws IOException, InterruptedException {
        var sha256 = sha256(file);
        api.upload(sha256, file);
        return sha256;
    }

    private static String sha256(Path file) throws IOException {
        try (var in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has it.
        }
    }
}
