package motley.data;

import java.nio.file.Path;
import motley.tensor.OneLine;

/// A data file that cannot be used; the message names the file and the reason.
public final class DatasetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param name of the file as the person knows it who gave it
    public DatasetException(String name, String reason) {
        super(OneLine.of(name + ": " + reason));
    }

    public DatasetException(Path file, String reason) {
        super(OneLine.of(file + ": " + reason));
    }

    public DatasetException(Path file, String reason, Throwable cause) {
        super(OneLine.of(file + ": " + reason), cause);
    }
}
