package motley.simulation;

/// What can strike in a simulation; [Tally] counts how often it did.
public enum Fault {
    LOST("messages lost"),
    REPEATED("messages delivered twice"),
    OVERTAKEN("messages overtaken by later ones"),
    CUT_BOTH_WAYS("links cut in both directions"),
    CUT_ONE_WAY("links cut in one direction"),
    DEVICE_CRASHED("devices crashed, disk kept"),
    DISK_LOST("devices crashed, disk lost"),
    FELL_SILENT("devices fell silent"),
    LEFT("devices left with a goodbye"),
    GAVE_BACK("tasks given back"),
    SLOWED_DOWN("devices slowed down"),
    FLOODED("messages of a flood"),
    OUTDATED("devices of another protocol version turned away"),
    SPOILT("answers with wrong numbers"),
    COORDINATOR_CRASHED("coordinator crashed"),
    CHECKPOINT_TORN("checkpoints half written at a crash"),
    DISK_FULL("checkpoints that found the disk full"),
    CLOCK_STEPPED("steps of the wall clock"),
    OVERLOADED("messages lost to a full mailbox");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /// What happened, in the plural.
    public String text() {
        return text;
    }
}
