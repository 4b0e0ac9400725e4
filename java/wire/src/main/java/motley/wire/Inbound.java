package motley.wire;

import com.google.protobuf.MessageLite;
import io.grpc.stub.StreamObserver;

/// Passes what a gRPC stream brings to its link.
///
/// Whatever ends the stream ends the session: transports report a lost peer in many ways.
record Inbound<Q extends MessageLite>(SessionLink<?, ?, ?, Q> link) implements StreamObserver<Q> {
    @Override
    public void onNext(Q envelope) {
        link.received(envelope);
    }

    @Override
    public void onError(Throwable cause) {
        link.fail("connection lost: " + reason(cause));
    }

    @Override
    public void onCompleted() {
        link.close("the peer ended the session");
    }

    private static String reason(Throwable cause) {
        var deepest = cause;
        while (deepest.getCause() != null) deepest = deepest.getCause();
        var message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }
}
