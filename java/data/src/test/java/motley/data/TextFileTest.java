package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextFileTest {
    @TempDir Path directory;

    @Test
    void targetsAreTheNextCharacters() throws IOException {
        var text = TextFile.read(write("abcdefghijklmnopqrst"));
        var train = text.train(4); // Of the first 18 characters.
        assertThat(train.count()).isEqualTo(4);
        var inputs = Tensor.onHeap(TensorType.i32(3, 4));
        var targets = Tensor.onHeap(TensorType.i32(3, 4));
        train.copy(new int[] {3, 0}, inputs, targets);
        assertThat(inputs.toInts())
                .containsExactly('m', 'n', 'o', 'p', 'a', 'b', 'c', 'd', 0, 0, 0, 0);
        assertThat(targets.toInts())
                .containsExactly('n', 'o', 'p', 'q', 'b', 'c', 'd', 'e', 0, 0, 0, 0);
    }

    @Test
    void theLastTenthIsForValidation() throws IOException {
        var validation = TextFile.read(write("abcdefghijklmnopqrst")).validation(1);
        assertThat(validation.count()).isEqualTo(1);
        var inputs = Tensor.onHeap(TensorType.i32(1, 1));
        var targets = Tensor.onHeap(TensorType.i32(1, 1));
        validation.copy(new int[] {0}, inputs, targets);
        assertThat(inputs.toInts()).containsExactly('s');
        assertThat(targets.toInts()).containsExactly('t');
    }

    @Test
    void otherCharactersAreOneQuestionMarkEach() {
        var codes = TextFile.encode("aé€😀\n~".getBytes(StandardCharsets.UTF_8));
        assertThat(codes).isEqualTo("a???\n~".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void anyBytesAreWithinTheVocabulary() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) i;
        for (byte code : TextFile.encode(bytes)) {
            assertThat((int) code).isBetween(0, TextFile.VOCABULARY - 1);
        }
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        var file = directory.resolve("noise");
        Files.write(file, new byte[] {'a', (byte) 0xc3, 'b'});
        assertThatThrownBy(() -> TextFile.read(file))
                .hasMessageEndingWith("byte 0xc3 at position 1 (expected: a text in UTF-8)");
        Files.write(file, new byte[] {'a', 'b', 0});
        assertThatThrownBy(() -> TextFile.read(file))
                .hasMessageEndingWith("byte 0x00 at position 2 (expected: a text in UTF-8)");
        Files.write(file, new byte[] {'a', (byte) 0xe2, (byte) 0x82});
        assertThatThrownBy(() -> TextFile.read(file)).hasMessageContaining("0xe2 at position 1");
        var longer = "é€😀".repeat(5000);
        assertThat(TextFile.read(write(longer)).length()).isEqualTo(15_000);
    }

    @Test
    void aPartNeedsOneCharacterMoreThanAWindow() throws IOException {
        var text = TextFile.read(write("abcdefghijklmnopqrst"));
        assertThat(text.train(17).count()).isEqualTo(1);
        assertThatThrownBy(() -> text.train(18))
                .isInstanceOf(DatasetException.class)
                .hasMessageEndingWith(
                        "text.txt: 20 characters, of which 18 for this part (expected: over 18)");
        assertThatThrownBy(() -> TextFile.read(write("")).train(1))
                .isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> TextFile.read(directory.resolve("none")))
                .hasMessageEndingWith("none: missing");
    }

    @Test
    void batchesThatDoNotFitAreRefused() throws IOException {
        var train = TextFile.read(write("abcdefghijklmnopqrst")).train(4);
        var windows = Tensor.onHeap(TensorType.i32(1, 4));
        var longer = Tensor.onHeap(TensorType.i32(1, 5));
        var floats = Tensor.onHeap(TensorType.f32(1, 4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> train.copy(new int[] {0}, longer, windows));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> train.copy(new int[] {0}, floats, windows));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> train.copy(new int[] {0, 1}, windows, windows));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> train.copy(new int[] {4}, windows, windows))
                .withMessage("sample: 4 (expected: in [0, 4))");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("text.txt"), text);
    }
}
