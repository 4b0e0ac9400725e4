package motley.coordinator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who wants to know what happens. Listeners are called by the threads of runs, which they must
/// not keep waiting; one that throws is only reported.
final class Listeners implements Consumer<RunEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<Consumer<RunEvent>> listeners = new CopyOnWriteArrayList<>();

    /// @return ends the listening when closed
    AutoCloseable add(Consumer<RunEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void accept(RunEvent event) {
        for (var listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.warn("listener failed on {}", event, e);
            }
        }
    }
}
