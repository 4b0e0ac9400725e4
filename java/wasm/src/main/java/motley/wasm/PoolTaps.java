package motley.wasm;

import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.V128_LOAD;

import java.util.Optional;
import java.util.function.Consumer;
import motley.wasm.binary.Code;
import motley.wasm.binary.Local;

/// The elements of a window that lie in the image, in row-major order: written out if they are few,
/// else as loops.
final class PoolTaps {
    private static final int WRITTEN_MAX = 64;
    private static final int BYTES = 4;

    private final Code c;
    private final int pixel;
    private final int row;
    private final int rows;
    private final int cols;

    PoolTaps(Code c, PoolForm form, int rows, int cols) {
        this.c = c;
        this.rows = rows;
        this.cols = cols;
        pixel = form.channels() * BYTES;
        row = form.cols() * pixel;
    }

    /// One element of a window, for four channels.
    final class Tap {
        private final int offset;
        private final int constant;

        /// The distance from the window's first element and the number, where they change.
        private final Optional<Local> moving;

        private final Optional<Local> counter;

        private Tap(int offset, int constant, Optional<Local> moving, Optional<Local> counter) {
            this.offset = offset;
            this.constant = constant;
            this.moving = moving;
            this.counter = counter;
        }

        private void push(Local window) {
            c.get(window);
            moving.ifPresent(m -> c.get(m).op(I32_ADD));
        }

        /// Pushes the element of the window that begins at `window`.
        void load(Local window) {
            push(window);
            c.memory(V128_LOAD, offset);
        }

        void store(Local window, Local value, int lanes) {
            var at = c.i32Local();
            push(window);
            c.set(at);
            Lanes.store(c, value, at, offset / BYTES, 1, lanes);
        }

        /// Pushes its position in the window.
        void number() {
            if (counter.isPresent()) c.get(counter.get());
            else c.i32(constant);
        }
    }

    void all(Consumer<Tap> body) {
        each(0, body);
    }

    void afterFirst(Consumer<Tap> body) {
        each(1, body);
    }

    private void each(int first, Consumer<Tap> body) {
        if (rows * cols <= WRITTEN_MAX) {
            for (int t = first; t < rows * cols; t++) {
                int offset = t / cols * row + t % cols * pixel;
                body.accept(new Tap(offset, t, Optional.empty(), Optional.empty()));
            }
            return;
        }
        var start = c.i32Local();
        var at = c.i32Local();
        var number = c.i32Local();
        c.i32(0).set(start).i32(0).set(number);
        c.repeat(
                rows,
                () -> {
                    c.get(start).set(at);
                    c.repeat(
                            cols,
                            () -> {
                                var tap = new Tap(0, 0, Optional.of(at), Optional.of(number));
                                afterSkipped(first, number, () -> body.accept(tap));
                                c.increase(at, pixel).increase(number, 1);
                            });
                    c.increase(start, row);
                });
    }

    private void afterSkipped(int first, Local number, Runnable body) {
        if (first == 0) body.run();
        else c.get(number).when(body);
    }
}
