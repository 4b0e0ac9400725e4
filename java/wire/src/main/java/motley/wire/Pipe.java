package motley.wire;

import com.google.protobuf.MessageLite;

/// Carries encoded messages one way: what differs between transports.
///
/// @param <P> the protobuf envelope
interface Pipe<P extends MessageLite> {
    /// Whether the transport has room. When it gets room again it calls [SessionLink#drain].
    boolean isReady();

    /// Hands `message` to the transport without waiting for it. One call at a time.
    void write(P message);

    /// Ends this side after what was written, and frees everything soon, whatever the peer does.
    void finish();

    /// Ends both sides at once; what was written may be lost.
    void abort(String why);
}
