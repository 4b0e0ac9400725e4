package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// The decoder: tokens in, logits of the next token out.
final class DecoderTest {
    private static final int TIME = 6;
    private static final int VOCABULARY = 11;
    private static final Model TINY =
            Models.gpt("tiny", TensorType.i32(TIME), new Models.Decoder(VOCABULARY, 8, 2, 2));

    @Test
    void shapesAreThoseOfALanguageModel() {
        assertThat(TINY.outputShape()).isEqualTo(Shape.of(TIME, VOCABULARY));
        assertThat(TINY.target()).isEqualTo(TensorType.i32(TIME));
        var small = Models.gptSmall(128);
        assertThat(small.outputShape()).isEqualTo(Shape.of(128, 128));
    }

    /// What comes later changes no bit of what is said now; what came before does.
    @Test
    void theFutureIsNotSeen() {
        int changed = 3;
        var before = logits(tokens(-1));
        var after = logits(tokens(changed));
        for (int time = 0; time < TIME; time++) {
            boolean same = true;
            for (int word = 0; word < VOCABULARY; word++) {
                int at = time * VOCABULARY + word;
                same &= before.get(at) == after.get(at);
            }
            assertThat(same).as("logits at %d", time).isEqualTo(time < changed);
        }
    }

    @Test
    void vocabularyOfOneWordIsRefused() {
        assertThatThrownBy(() -> Models.gptSmall(1))
                .hasMessage("vocabulary: 1 (expected: at least 2)");
    }

    private static Values tokens(int changed) {
        return Formula.fill(TensorType.i32(1, TIME), i -> (i == changed ? 7 : 3 * i % 5));
    }

    private static Values logits(Values tokens) {
        var p = TrainingPrograms.predict(TINY, 1);
        var params = new ArrayList<>(new Trainer(TINY).parameters);
        params.add(tokens);
        return Reference.evaluate(p.program(), params).get(p.output());
    }
}
