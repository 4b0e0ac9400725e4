package motley.worker;

import static motley.tensor.Require.require;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Times of the day at which a device may work, by its own clock and time zone.
public record OwnerHours(List<Span> spans) {
    /// At any time.
    public static final OwnerHours ALWAYS = new OwnerHours(List.of());

    private static final int SPANS_MAX = 8;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm", Locale.ROOT);

    public OwnerHours {
        spans = List.copyOf(spans);
        require(
                spans.size() <= SPANS_MAX,
                "hours: %d spans (expected: at most %d)",
                spans.size(),
                SPANS_MAX);
    }

    /// From one time on, up to another; over midnight where that is earlier.
    public record Span(LocalTime from, LocalTime to) {
        public Span {
            require(
                    !from.equals(to),
                    "hours: %s-%s (expected: two times)",
                    TIME.format(from),
                    TIME.format(to));
        }

        boolean contains(LocalTime time) {
            boolean isAfter = !time.isBefore(from);
            boolean isBefore = time.isBefore(to);
            return from.isBefore(to) ? isAfter && isBefore : isAfter || isBefore;
        }

        String text() {
            return TIME.format(from) + "-" + TIME.format(to);
        }
    }

    /// Reads spans as `22-7` or `18:30-23,7-8`.
    ///
    /// @throws IllegalArgumentException if they are none
    public static OwnerHours parse(String text) {
        var spans = new ArrayList<Span>();
        for (var span : text.split(",", -1)) {
            var ends = span.strip().split("-", -1);
            require(ends.length == 2, "hours: %s (expected: as 22-7 or 18:30-23,7-8)", text);
            spans.add(new Span(time(ends[0].strip(), text), time(ends[1].strip(), text)));
        }
        return new OwnerHours(spans);
    }

    private static LocalTime time(String word, String text) {
        try {
            if (word.equals("24")) return LocalTime.MIDNIGHT;
            return LocalTime.parse(word.contains(":") ? word : word + ":00", TIME);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "hours: %s (expected: as 22-7 or 18:30-23,7-8)".formatted(text), e);
        }
    }

    /// Whether a device may work at `time`.
    boolean allow(LocalTime time) {
        return spans.isEmpty() || spans.stream().anyMatch(span -> span.contains(time));
    }

    /// When it may work again, seen from `time`, at which it may not.
    LocalTime next(LocalTime time) {
        return spans.stream()
                .map(Span::from)
                .min((a, b) -> Long.compare(untilNs(time, a), untilNs(time, b)))
                .orElse(time);
    }

    private static long untilNs(LocalTime from, LocalTime to) {
        long ns = to.toNanoOfDay() - from.toNanoOfDay();
        return ns >= 0 ? ns : ns + 86_400_000_000_000L;
    }

    String text() {
        return spans.stream().map(Span::text).collect(Collectors.joining(","));
    }

    static String text(LocalTime time) {
        return TIME.format(time);
    }
}
