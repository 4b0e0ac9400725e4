package motley.app;

import java.nio.file.Path;
import motley.data.ImageDataset;

/// Turns what `--data` says into files.
record Datasets(Home home, Console console) {
    /// @param data the name of a known data set, or a directory with the four IDX files of one
    ImageDataset named(String data) throws InterruptedException {
        var known = KnownDataset.named(data);
        return ImageDataset.in(known.isPresent() ? fetch(known.get()) : Path.of(data));
    }

    /// The test files of the same, where the training samples lie elsewhere.
    ImageDataset judging(String data) throws InterruptedException {
        var known = KnownDataset.named(data);
        return ImageDataset.judgingIn(known.isPresent() ? fetch(known.get()) : Path.of(data));
    }

    /// The directory that holds the files, after fetching what is missing.
    Path fetch(KnownDataset known) throws InterruptedException {
        var directory = home.datasets().resolve(known.name());
        return new DatasetDownload(known, directory, console::say).fetch();
    }
}
