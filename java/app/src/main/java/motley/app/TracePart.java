package motley.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What one process adds to a trace.
sealed interface TracePart {
    ProcessProfile profile();

    /// From memory.
    ///
    /// @param tracks one line each under the process's name
    record Recorded(ProcessProfile profile, List<Track> tracks) implements TracePart {
        public Recorded {
            tracks = List.copyOf(tracks);
        }
    }

    /// From the trace that the process wrote itself.
    ///
    /// @param originNs what its times count from, in ns since 1970
    record Stored(ProcessProfile profile, Path file, long originNs) implements TracePart {}

    /// @param spans in any order; two of them lie in each other or apart
    record Track(String name, List<Span> spans) {
        public Track {
            spans = List.copyOf(spans);
        }
    }

    /// @param startNs in ns since 1970
    /// @param args what is shown of it
    record Span(String name, String category, long startNs, long ns, Map<String, Object> args) {}
}
