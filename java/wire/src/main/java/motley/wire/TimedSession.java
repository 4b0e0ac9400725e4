package motley.wire;

/// The coordinator's end of a session, which keeps the time that it asks its device for.
record TimedSession(SessionLink<FromCoordinator, ?, ?, ?> link)
        implements Session<FromCoordinator> {
    @Override
    public boolean send(FromCoordinator message) {
        message.retiming().ifPresent(link::retime);
        return link.send(message);
    }

    @Override
    public void close(String why) {
        link.close(why);
    }
}
