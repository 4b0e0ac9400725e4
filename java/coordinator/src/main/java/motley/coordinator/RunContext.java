package motley.coordinator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import motley.coordinator.credits.Payroll;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.Database;
import motley.wire.RunManifest;
import motley.wire.SharedDirectory;
import org.slf4j.MDC;

/// What a run works with and does not own.
///
/// @param owned the run and the fence under which this coordinator owns it
/// @param manifest what devices are told before their first task
/// @param shared where devices of this machine exchange bytes
/// @param budget memory for contributions that come over HTTP
/// @param blobs what devices fetch
/// @param payroll what it owes for work
/// @param checkpointEvery time between two checkpoints
record RunContext(
        RunPlan plan,
        Database.Owned owned,
        RunManifest manifest,
        Fleet fleet,
        Optional<SharedDirectory> shared,
        Inbox.Budget budget,
        BlobStore blobs,
        Checkpointer.Shelf shelf,
        RunRecord record,
        Payroll payroll,
        Duration checkpointEvery) {
    /// What `work` logs names the run.
    Runnable logged(Runnable work) {
        return () -> {
            try (var _ = MDC.putCloseable("run", owned.id())) {
                work.run();
            }
        };
    }

    InstantSource clock() {
        return shelf.clock();
    }
}
