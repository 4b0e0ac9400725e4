package motley.coordinator.uploads;

import static motley.tensor.Require.require;

import java.time.Duration;

/// What one person may send.
///
/// @param sizeBytesMax of one file
/// @param bytesMax of all files of a person together, with what is still to come
/// @param uploadsMax files of a person at once
/// @param keepFor how long a file stays that nobody has touched
public record UploadLimits(long sizeBytesMax, long bytesMax, int uploadsMax, Duration keepFor) {
    /// 64 GiB a file, 128 GiB and 64 files a person, a day.
    public static final UploadLimits DEFAULT =
            new UploadLimits(64L << 30, 128L << 30, 64, Duration.ofDays(1));

    public UploadLimits {
        require(sizeBytesMax >= 1, "sizeBytesMax: %d (expected: at least 1)", sizeBytesMax);
        require(bytesMax >= 1, "bytesMax: %d (expected: at least 1)", bytesMax);
        require(uploadsMax >= 1, "uploadsMax: %d (expected: at least 1)", uploadsMax);
        require(keepFor.isPositive(), "keepFor: %s (expected: above zero)", keepFor);
    }
}
