package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import motley.data.Column;
import motley.data.SampleForm;
import motley.data.ShardIndex;
import motley.data.ShardIndex.Shard;
import motley.data.ShardedSamples;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wire.BulkClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardCacheTest {
    @TempDir private Path home;
    private final TestCoordinator coordinator = TestCoordinator.start(0);
    private BulkClient bulk;

    @BeforeEach
    void open() {
        bulk = new BulkClient(coordinator.uri(), TestCoordinator.TOKEN);
    }

    @AfterEach
    void close() {
        bulk.close();
        coordinator.close();
    }

    @Test
    void whatWasUsedLongestAgoGoes() throws Exception {
        var shards = List.of(shard(0), shard(1), shard(2));
        var cache = cache(200);
        cache.open(shards.get(0));
        cache.open(shards.get(1));
        age(shards.get(0));
        cache.open(shards.get(2));
        assertThat(file(shards.get(0))).doesNotExist();
        assertThat(file(shards.get(1))).exists();
        var again = cache.open(shards.get(0));
        assertThat(again.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0);
        assertThat(cache.fetched()).isEqualTo(4);
        assertThat(cache(200).fetched()).isZero();
    }

    @Test
    void aSingleShardOverTheLimitIsKeptWhileItIsUsed() throws Exception {
        var cache = cache(1);
        assertThat(cache.open(shard(5)).byteSize()).isEqualTo(100);
        assertThat(cache.open(shard(6)).byteSize()).isEqualTo(100);
        assertThat(file(shard(5))).doesNotExist();
        assertThat(file(shard(6))).exists();
    }

    @Test
    void onlyTouchedShardsAreFetchedAndRowsAreInTheShapeAskedFor() throws Exception {
        var form =
                new SampleForm(
                        new Column(Column.Form.UNIT, Shape.of(2, 2, 1)),
                        new Column(Column.Form.U8, new Shape(List.of())));
        var part = new ShardIndex.Part(List.of(shard(0), shard(1), shard(2)));
        var index = new ShardIndex(form, 0, part, new ShardIndex.Part(List.of()));
        assertThat(ShardIndex.parse(index.text())).isEqualTo(index);
        var cache = cache(1_000);
        var input = TensorType.f32(2, 2);
        var samples =
                (ShardedSamples) ShardedSamples.of(index, cache, input, TensorType.i32()).train();
        samples.prepare(new int[] {39, 20});
        assertThat(cache.fetched()).isEqualTo(1);
        var x = Tensor.onHeap(TensorType.f32(3, 2, 2));
        var y = Tensor.onHeap(TensorType.i32(3));
        samples.copy(new int[] {21, 39}, x, y);
        assertThat(cache.fetched()).isEqualTo(1);
        assertThat(x.toFloats())
                .containsExactly(
                        5 / 255f, 6 / 255f, 7 / 255f, 8 / 255f, 77 / 255f, 78 / 255f, 79 / 255f,
                        80 / 255f, 0, 0, 0, 0);
        assertThat(y.toInts()).containsExactly(82, 100, 0);
        assertThatThrownBy(
                        () -> ShardedSamples.of(index, cache, TensorType.f32(4), TensorType.i32()))
                .hasMessageStartingWith("inputs: f32[2, 2, 1] (expected: f32[4]");
    }

    @Test
    void indexesThatAreNoneAreRefusedByTheirLine() {
        for (var text :
                new String[] {
                    "",
                    "motley-shards 2\n",
                    "motley-shards 1\ninput f32 -1\n",
                    "motley-shards 1\ninput f32 99999999999\n",
                    "motley-shards 1\ninput f99 1\ntarget u8\nclasses 0\n",
                    "motley-shards 1\ninput f32 1\ntarget u8\nclasses 0\ntrain x 1\n",
                    "motley-shards 1\ninput f32 1\ntarget u8\nclasses 0\n",
                    "motley-shards 1\ninput f32 2147483647 2147483647\ntarget u8\nclasses 0\n"
                }) {
            assertThatThrownBy(() -> ShardIndex.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private ShardCache cache(long bytesMax) {
        var cache = new ShardCache(home.resolve("shards"), bytesMax);
        cache.attach(bulk);
        return cache;
    }

    /// 20 samples of five bytes: number `n`, and then one more each byte.
    private Shard shard(int n) {
        var bytes = new byte[100];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (n + i);
        var name = TinyRun.sha256(bytes);
        coordinator.blobs.put(name, bytes);
        return new Shard(name, 20);
    }

    private Path file(Shard shard) {
        return home.resolve("shards").resolve(shard.sha256());
    }

    private void age(Shard shard) throws IOException {
        Files.setLastModifiedTime(file(shard), FileTime.from(Instant.EPOCH));
    }
}
