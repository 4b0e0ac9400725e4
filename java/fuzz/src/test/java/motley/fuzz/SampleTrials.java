package motley.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import motley.data.SampleFile;
import motley.data.SampleFiles;

/// Data files, read to their ends as the cutting into shards does.
final class SampleTrials {
    /// A file may say that it has any number of samples; the first show what reading them does.
    private static final int ROWS_MAX = 1 << 12;

    private static final SampleFiles.Options SMALL =
            new SampleFiles.Options("auto", "auto", "auto", "", List.of(), false, 8, 8, 3);

    private SampleTrials() {}

    static void drain(String name, Path file) throws IOException {
        drain(List.of(new SampleFiles.NamedFile(name, file)));
    }

    /// Inputs and targets from one file: arrays of one value a sample are both.
    static void drainTwice(String name, Path file) throws IOException {
        var named = new SampleFiles.NamedFile(name, file);
        drain(List.of(named, named));
    }

    private static void drain(List<SampleFiles.NamedFile> files) throws IOException {
        var parts = SampleFiles.open(files, List.of(), SMALL);
        drain(parts.train());
        if (parts.test().isPresent()) drain(parts.test().get());
    }

    private static void drain(SampleFile file) throws IOException {
        var input = MemorySegment.ofArray(new byte[file.form().input().rowBytes()]);
        var target = MemorySegment.ofArray(new byte[file.form().target().rowBytes()]);
        try (var reader = file.open()) {
            int rows = Math.min(file.count(), ROWS_MAX);
            for (int i = 0; i < rows; i++) reader.next(input, target);
        }
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
