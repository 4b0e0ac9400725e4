package motley.coordinator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import motley.coordinator.access.Terms;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Block;
import motley.nn.Layer;
import motley.nn.Model;
import motley.nn.Models;
import motley.rounds.Strategy;
import motley.rounds.robust.Aggregation;
import motley.tensor.TensorType;

/// A home folder, coordinators that open it one after the other, and a small data set in them.
record TestHome(Path folder) {
    static final int TRAIN = 100;
    static final int TEST = 20;
    static final int DECODER_TIME = 16;

    Coordinator open() throws IOException {
        return Coordinator.open(settings(0, false));
    }

    Coordinator openWithToken() throws IOException {
        return Coordinator.open(settings(0, true));
    }

    /// @param port 0: any free one
    CoordinatorSettings settings(int port, boolean requireToken) {
        return new CoordinatorSettings(
                folder,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                () -> CpuEngine.open(new CpuSettings(1)),
                CoordinatorSettings.Limits.DEFAULT,
                Duration.ofMillis(200),
                true,
                new CoordinatorSettings.Entrance(requireToken, Terms.USUAL),
                TestDatabase.storage(folder));
    }

    /// A short training of the small model, cut into four tasks a round.
    static RunRequest request(Coordinator coordinator, int epochs) throws IOException {
        var dataset =
                new RunRequest.Images(part(coordinator, TRAIN, 1), part(coordinator, TEST, 2), 10);
        var descent = new RunRequest.Descent("adam", OptionalDouble.of(0.002), "cosine", 2);
        return new RunRequest(
                Models.named("mnist-mlp"),
                dataset,
                new RunRequest.Training(epochs, 32, 4, descent, 7, true),
                RunRequest.Crew.ANY,
                Optional.empty());
    }

    /// The same with answers that must be confirmed.
    static RunRequest auditedRequest(Coordinator coordinator, int epochs) throws IOException {
        var plain = request(coordinator, epochs);
        var audits = new Precautions(true, new Aggregation.Mean());
        return new RunRequest(
                plain.model(),
                plain.dataset(),
                plain.training(),
                new RunRequest.Crew(1, 0, audits),
                plain.initialWeights());
    }

    /// A short training of a small decoder on a text.
    static RunRequest textRequest(Coordinator coordinator, int epochs) throws IOException {
        var text = new StringBuilder();
        var random = new SplittableRandom(3);
        var words = List.of("round ", "device ", "weight ", "sum ", "answer ", "lease ");
        while (text.length() < 2_000) text.append(words.get(random.nextInt(words.size())));
        var bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        var blob = put(coordinator, ByteBuffer.allocate(bytes.length).put(bytes));
        int test = bytes.length / 10;
        var dataset =
                new RunRequest.Whole(
                        RunRequest.Form.TEXT,
                        blob,
                        (bytes.length - test - 1) / DECODER_TIME,
                        (test - 1) / DECODER_TIME);
        var descent = new RunRequest.Descent("adamw", OptionalDouble.of(0.003), "constant", 0);
        return new RunRequest(
                decoder(),
                dataset,
                new RunRequest.Training(epochs, 32, 4, descent, 7, true),
                RunRequest.Crew.ANY,
                Optional.empty());
    }

    /// The short training with local steps after a warm-up that ends in the second epoch.
    static RunRequest localRequest(Coordinator coordinator, int epochs) throws IOException {
        var local = Strategy.SYNC.withLocal(new Strategy.Local(2, 2, 5));
        return request(coordinator, epochs).with(local);
    }

    /// The same, with a model that is synchronised in two parts.
    static RunRequest fragmentsRequest(Coordinator coordinator, int epochs) throws IOException {
        var local = Strategy.SYNC.withLocal(new Strategy.Local(4, 1, 5, 2, true));
        return request(coordinator, epochs).with(local);
    }

    private static Model decoder() {
        return Model.sequential(
                "decoder",
                TensorType.i32(DECODER_TIME),
                new Layer.Embedding(128, 16),
                new Layer.LearnedPositions(),
                Block.residual(new Layer.LayerNorm(), new Layer.Attention(2, true)),
                new Layer.LayerNorm(),
                new Layer.Dense(128, false));
    }

    /// Images whose bright row tells their label, under noise.
    private static RunRequest.Part part(Coordinator coordinator, int samples, long seed)
            throws IOException {
        var random = new SplittableRandom(seed);
        var images = ByteBuffer.allocate(16 + samples * 784);
        images.putInt(0x803).putInt(samples).putInt(28).putInt(28);
        var labels = ByteBuffer.allocate(8 + samples);
        labels.putInt(0x801).putInt(samples);
        for (int i = 0; i < samples; i++) {
            int label = random.nextInt(10);
            labels.put((byte) label);
            for (int p = 0; p < 784; p++) {
                boolean isBright = p / 28 == 4 + 2 * label;
                images.put((byte) (random.nextInt(100) + (isBright ? 150 : 0)));
            }
        }
        return new RunRequest.Part(put(coordinator, images), put(coordinator, labels), samples);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String put(Coordinator coordinator, ByteBuffer bytes) throws IOException {
        try (var blob = coordinator.writeBlob()) {
            blob.append(bytes.flip());
            return blob.commit();
        }
    }
}
