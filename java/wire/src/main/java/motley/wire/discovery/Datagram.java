package motley.wire.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// What travels between devices and coordinators: one line of ASCII words.
///
/// `MOTLEY1 WHO` asks who is there; `MOTLEY1 HERE id port name` answers, and is also announced
/// every second. A datagram proves nothing: whoever is found is authenticated afterwards.
sealed interface Datagram {
    /// Longest datagram that is read.
    int SIZE_BYTES_MAX = 256;

    /// Who is there?
    record Who() implements Datagram {}

    /// A coordinator is here.
    ///
    /// @param id tells apart several coordinators, and recognises one that has several addresses
    /// @param port of its HTTP server, at the address the datagram came from
    record Here(String id, int port, String name) implements Datagram {}

    Pattern WHO = Pattern.compile("MOTLEY1 WHO");
    Pattern HERE =
            Pattern.compile("MOTLEY1 HERE ([0-9a-zA-Z-]{1,64}) (\\d{1,5}) ([!-~][ -~]{0,63})");

    default ByteBuffer encode() {
        var text =
                switch (this) {
                    case Who() -> "MOTLEY1 WHO";
                    case Here(var id, int port, var name) ->
                            "MOTLEY1 HERE " + id + " " + port + " " + name;
                };
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The datagram in `bytes`, or nothing if it is none of ours: anyone may send to the port.
    static Optional<Datagram> decode(ByteBuffer bytes) {
        if (bytes.remaining() >= SIZE_BYTES_MAX) return Optional.empty();
        var text = StandardCharsets.US_ASCII.decode(bytes).toString();
        if (WHO.matcher(text).matches()) return Optional.of(new Who());
        var here = HERE.matcher(text);
        if (!here.matches()) return Optional.empty();
        int port = Integer.parseInt(here.group(2));
        if (port < 1 || port > 65_535) return Optional.empty();
        return Optional.of(new Here(here.group(1), port, here.group(3)));
    }
}
