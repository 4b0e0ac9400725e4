package motley.app;

import java.nio.file.Path;
import motley.data.ImageDataset;

/// Turns what `--data` says into files.
record Datasets(Home home, Console console) {
    static final String MNIST = "mnist";

    /// @param data `mnist`, or a directory with the four IDX files of an image dataset
    ImageDataset named(String data) throws InterruptedException {
        return ImageDataset.in(data.equals(MNIST) ? mnist() : Path.of(data));
    }

    Path mnist() throws InterruptedException {
        return new MnistDownload(home.datasets().resolve(MNIST), console::say).fetch();
    }
}
