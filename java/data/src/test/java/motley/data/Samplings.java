package motley.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Reads whole files of samples, and writes small ones.
final class Samplings {
    private Samplings() {}

    /// A sample as numbers: the input's elements, then the target's.
    static List<double[]> readAll(SampleFile file) throws IOException {
        var form = file.form();
        var input = MemorySegment.ofArray(new byte[form.input().rowBytes()]);
        var target = MemorySegment.ofArray(new byte[form.target().rowBytes()]);
        var samples = new ArrayList<double[]>();
        try (var reader = file.open()) {
            for (int i = 0; i < file.count(); i++) {
                reader.next(input, target);
                int inputs = form.input().count();
                var numbers = new double[inputs + form.target().count()];
                for (int j = 0; j < inputs; j++) numbers[j] = form.input().number(input, 0, j);
                for (int j = inputs; j < numbers.length; j++) {
                    numbers[j] = form.target().number(target, 0, j - inputs);
                }
                samples.add(numbers);
            }
        }
        return samples;
    }

    static SampleFiles.Parts open(Path... files) throws IOException {
        return open(SampleFiles.Options.USUAL, files);
    }

    static SampleFiles.Parts open(SampleFiles.Options options, Path... files) throws IOException {
        var named = new ArrayList<SampleFiles.NamedFile>();
        for (var file : files) {
            named.add(new SampleFiles.NamedFile(file.getFileName().toString(), file));
        }
        return SampleFiles.open(named, List.of(), options);
    }

    static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text);
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

    static byte[] npy(String descr, String shape, boolean isFortran, byte[] elements) {
        var header =
                "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
                        .formatted(descr, isFortran ? "True" : "False", shape);
        var text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = new byte[10 + text.length + elements.length];
        var start = new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
        System.arraycopy(start, 0, bytes, 0, 8);
        bytes[8] = (byte) text.length;
        bytes[9] = (byte) (text.length >> 8);
        System.arraycopy(text, 0, bytes, 10, text.length);
        System.arraycopy(elements, 0, bytes, 10 + text.length, elements.length);
        return bytes;
    }
}
