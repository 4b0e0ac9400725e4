package motley.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import motley.cpu.CpuEngine;
import picocli.CommandLine.Command;

/// Goes once through what a first training needs (coordinator, device, upload, rounds, a whole
/// step), in one process and on a few made-up images, so that the launcher can record which
/// classes that takes. It leaves its files in `MOTLEY_HOME`, which should be a folder of its own.
@Command(
        name = "rehearse",
        hidden = true,
        description = "Trains on made-up images: the launcher records what that loads.")
final class RehearseCommand implements Callable<Integer> {
    private static final int SAMPLES = 64;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;

    @Override
    public Integer call() throws IOException {
        var home = Home.ofThisProcess();
        var images = images(home.directory().resolve("images")).toString();
        var weights = home.directory().resolve("weights.safetensors").toString();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var coordinator = Coordinators.open(home.coordinator(), address, CpuEngine::open)) {
            var url = "http://127.0.0.1:" + coordinator.port();
            // Joined until the process ends.
            Thread.ofPlatform().daemon().start(() -> Main.execute("join", url, "--threads", "1"));
            int code =
                    Main.execute(
                            "train",
                            "mnist-cnn",
                            "--data",
                            images,
                            "--epochs",
                            "1",
                            "--batch-size",
                            "32",
                            "--url",
                            url,
                            "--out",
                            weights);
            return code != 0 ? code : Main.execute("bench", "--seconds", "0", "--warm-up", "0");
        }
    }

    /// A directory with the four IDX files of a data set of made-up bytes.
    private static Path images(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (var part : List.of("train", "t10k")) {
            var images = directory.resolve(part + "-images-idx3-ubyte");
            var labels = directory.resolve(part + "-labels-idx1-ubyte");
            write(images, SAMPLES, SIDE, SIDE);
            write(labels, SAMPLES);
        }
        return directory;
    }

    /// An IDX file of bytes that count up to the number of classes, again and again.
    private static void write(Path file, int... extents) throws IOException {
        int size = 1;
        for (int extent : extents) size *= extent;
        var content = ByteBuffer.allocate(4 + 4 * extents.length + size);
        content.putInt(0x0800 + extents.length);
        for (int extent : extents) content.putInt(extent);
        for (int i = 0; i < size; i++) content.put((byte) (i % CLASSES));
        Files.write(file, content.array());
    }
}
