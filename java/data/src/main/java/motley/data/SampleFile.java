package motley.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Samples in files of some format, one after the other. What is wrong with a file is found when it
/// is opened, or when its reader gets there.
public interface SampleFile {
    SampleForm form();

    /// How many there are, at least 1.
    int count();

    /// What the classes are called, by their numbers; empty where they have no names.
    List<String> classNames();

    /// Begins with the first sample. Any number of readers may be open.
    Reader open() throws IOException;

    /// Goes through samples in order.
    interface Reader extends AutoCloseable {
        /// Fills in the next sample.
        ///
        /// @param input of the form's input row
        /// @param target of the form's target row
        /// @throws DatasetException naming file and place, if it cannot be used
        void next(MemorySegment input, MemorySegment target) throws IOException;

        @Override
        void close() throws IOException;
    }
}
