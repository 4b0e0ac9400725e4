package motley.nn;

import static motley.nn.Block.residual;
import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Layer.Attention;
import motley.nn.Layer.BatchNorm;
import motley.nn.Layer.Border;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Embedding;
import motley.nn.Layer.Flatten;
import motley.nn.Layer.Gelu;
import motley.nn.Layer.GlobalAveragePool;
import motley.nn.Layer.LayerNorm;
import motley.nn.Layer.LearnedPositions;
import motley.nn.Layer.Lstm;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.Relu;
import motley.nn.Layer.Reshape;
import motley.nn.Layer.Steps;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// The models that have a name.
public final class Models {
    private static final TensorType MNIST = TensorType.f32(28, 28, 1);

    private Models() {}

    /// @throws IllegalArgumentException if no model has that name; the message lists those there
    /// are
    public static Model named(String name) {
        return switch (name) {
            case "mnist-cnn" -> mnistCnn();
            case "mnist-mlp" -> mnistMlp();
            case "resnet-small" -> resnetSmall(MNIST, 10);
            case "gpt-small" -> gptSmall(128);
            case "lstm" -> lstm();
            default ->
                    throw new IllegalArgumentException(
                            "model: %s (expected: one of %s)"
                                    .formatted(name, String.join(", ", names())));
        };
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return List.of("mnist-cnn", "mnist-mlp", "resnet-small", "gpt-small", "lstm");
    }

    /// Residual blocks of two convolutions, each with batch normalisation, at three sizes: 153
    /// thousand parameters.
    /// Source: He et al. 2016, "Deep residual learning for image recognition", §4.2. Differs: one
    /// block a size, and shortcuts by convolution.
    ///
    /// @param images one image's type, `f32[rows, cols, channel]`
    public static Model resnetSmall(TensorType images, int classes) {
        return Model.sequential(
                "resnet-small",
                images,
                conv(16, 3, 1),
                norm(),
                new Relu(),
                residual(conv(16, 3, 1), norm(), new Relu(), conv(16, 3, 1), norm()),
                new Relu(),
                shrinking(32),
                new Relu(),
                shrinking(64),
                new Relu(),
                residual(conv(64, 3, 1), norm(), new Relu(), conv(64, 3, 1), norm()),
                new Relu(),
                new GlobalAveragePool(), // [64]
                new Dense(classes));
    }

    /// A decoder of four blocks for series of 128 tokens: it gives logits of the next token at
    /// every position. 3.3 million parameters with a vocabulary of 128.
    /// Source: Radford et al. 2019, "Language models are unsupervised multitask learners", §2.3.
    /// Differs: smaller, without dropout, and the head has a matrix of its own, without bias.
    ///
    /// @param vocabulary tokens there are
    public static Model gptSmall(int vocabulary) {
        return gpt("gpt-small", TensorType.i32(128), new Decoder(vocabulary, 256, 4, 4));
    }

    /// Sizes of a decoder.
    record Decoder(int vocabulary, int features, int heads, int blocks) {}

    static Model gpt(String name, TensorType tokens, Decoder sizes) {
        require(sizes.vocabulary >= 2, "vocabulary: %d (expected: at least 2)", sizes.vocabulary);
        int features = sizes.features;
        var blocks = new ArrayList<Block>();
        blocks.add(new Embedding(sizes.vocabulary, features)); // [time, features]
        blocks.add(new LearnedPositions());
        for (int i = 0; i < sizes.blocks; i++) {
            blocks.add(residual(new LayerNorm(), new Attention(sizes.heads, true)));
            blocks.add(
                    residual(
                            new LayerNorm(),
                            new Dense(4 * features),
                            new Gelu(),
                            new Dense(features)));
        }
        blocks.add(new LayerNorm());
        blocks.add(new Dense(sizes.vocabulary, false)); // [time, vocabulary]
        return Model.sequential(name, tokens, blocks.toArray(Block[]::new));
    }

    /// Reads an image row by row: 82 thousand parameters.
    private static Model lstm() {
        return Model.sequential(
                "lstm",
                MNIST,
                new Reshape(Shape.of(28, 28)),
                new Lstm(128, Steps.LAST), // [128]
                new Dense(10));
    }

    /// Two convolutions, a pooling, two dense layers: 1.2 million parameters.
    private static Model mnistCnn() {
        return Model.sequential(
                "mnist-cnn",
                MNIST,
                new Conv2D(32, 3), // [26, 26, 32]
                new Relu(),
                new Conv2D(64, 3), // [24, 24, 64]
                new Relu(),
                new MaxPool(2), // [12, 12, 64]
                new Flatten(), // [9216]
                new Dense(128),
                new Relu(),
                new Dense(10));
    }

    /// Three dense layers: half a million parameters.
    private static Model mnistMlp() {
        return Model.sequential(
                "mnist-mlp",
                MNIST,
                new Flatten(), // [784]
                new Dense(512),
                new Relu(),
                new Dense(256),
                new Relu(),
                new Dense(10));
    }

    /// Half as many rows and columns.
    private static Block shrinking(int filters) {
        return new Block.Residual(
                List.of(conv(filters, 3, 2), norm(), new Relu(), conv(filters, 3, 1), norm()),
                List.of(conv(filters, 1, 2), norm()));
    }

    private static Layer conv(int filters, int kernel, int stride) {
        return new Conv2D(filters, kernel, stride, Border.SAME).withoutBias();
    }

    private static Layer norm() {
        return new BatchNorm();
    }
}
