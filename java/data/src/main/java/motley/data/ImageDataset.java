package motley.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The four files of an image classification dataset in one directory, under the names of MNIST,
/// with `-` or `.` before `idx` and plain or with `.gz`.
///
/// @param classes number of classes, one more than the largest training label
public record ImageDataset(
        Path trainImages, Path trainLabels, Path testImages, Path testLabels, int classes) {
    private static final List<String> ENDINGS = List.of("", ".gz");

    /// Finds the files in `directory` and counts the classes; the images are not read yet.
    ///
    /// @throws DatasetException if a file is missing or the labels are unusable
    public static ImageDataset in(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new DatasetException(
                    directory, "no such directory (expected: a directory of IDX files)");
        }
        var trainLabels = find(directory, "train-labels", 1);
        return new ImageDataset(
                find(directory, "train-images", 3),
                trainLabels,
                find(directory, "t10k-images", 3),
                find(directory, "t10k-labels", 1),
                classes(trainLabels));
    }

    /// The training files in `directory` alone.
    ///
    /// @throws DatasetException if a file is missing or unusable
    public static LabelledImages trainingIn(Path directory) {
        var labels = find(directory, "train-labels", 1);
        return LabelledImages.read(find(directory, "train-images", 3), labels, classes(labels));
    }

    /// The test files in `directory`, which stand for the training files, too: where those are
    /// elsewhere.
    ///
    /// @throws DatasetException if a file is missing or the labels are unusable
    public static ImageDataset judgingIn(Path directory) {
        var images = find(directory, "t10k-images", 3);
        var labels = find(directory, "t10k-labels", 1);
        return new ImageDataset(images, labels, images, labels, classes(labels));
    }

    private static Path find(Path directory, String stem, int rank) {
        var tried = new ArrayList<String>();
        for (var separator : List.of("-", ".")) {
            for (var ending : ENDINGS) {
                var name = stem + separator + "idx" + rank + "-ubyte" + ending;
                var file = directory.resolve(name);
                if (Files.isRegularFile(file)) return file;
                tried.add(name);
            }
        }
        throw new DatasetException(directory, "lacks " + String.join(" or ", tried));
    }

    private static int classes(Path labelsFile) {
        var labels = IdxFile.read(labelsFile);
        labels.requireRank(labelsFile, 1);
        int largest = 0;
        for (int i = 0; i < labels.count(); i++) largest = Math.max(largest, labels.unsigned(i));
        return largest + 1;
    }

    public LabelledImages readTrain() {
        return LabelledImages.read(trainImages, trainLabels, classes);
    }

    public LabelledImages readTest() {
        return LabelledImages.read(testImages, testLabels, classes);
    }
}
