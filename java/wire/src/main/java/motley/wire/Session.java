package motley.wire;

/// One peer, whatever carries the messages.
///
/// An implementation must
/// - never block in [#send],
/// - close itself when the peer reads too slowly for its bounded queue,
/// - close itself when nothing was heard for longer than the silence limit,
/// - call [Handler#closed] exactly once.
///
/// @param <O> messages out
public interface Session<O> {
    /// Queues `message`.
    ///
    /// @return false if the session is closed or closes now because the peer is too slow
    boolean send(O message);

    /// Ends the session. Does nothing when it has ended already.
    void close(String why);

    /// What happens on a session, one call at a time.
    ///
    /// @param <I> messages in
    interface Handler<I> {
        void received(I message);

        void closed(String why);
    }
}
