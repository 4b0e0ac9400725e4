package motley.wire;

import com.google.protobuf.MessageLite;

/// Domain messages to protobuf messages and back.
///
/// An implementation must
/// - give back an equal message from what it made of one,
/// - refuse whatever it would have to guess at, before anything is done with it.
///
/// @param <M> domain messages
/// @param <P> the protobuf envelope
interface Codec<M, P extends MessageLite> {
    P encode(M message);

    /// @throws MalformedMessageException if the message is none, or a field is out of bounds
    M decode(P envelope);
}
