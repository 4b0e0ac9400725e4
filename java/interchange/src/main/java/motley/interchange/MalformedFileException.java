package motley.interchange;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import motley.tensor.OneLine;

/// A file is not what its format demands, or is larger than Motley accepts.
public final class MalformedFileException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    public MalformedFileException(Path file, String problem) {
        super(OneLine.of(file + ": " + problem));
    }

    public MalformedFileException(Path file, String problem, Throwable cause) {
        super(OneLine.of(file + ": " + problem), cause);
    }
}
