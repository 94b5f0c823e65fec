package io.saddlebag.stomp;

/** The commands of STOMP 1.2, client's first, then the server's. */
public enum StompCommand {
    CONNECT(Sender.CLIENT, false),
    STOMP(Sender.CLIENT, false),
    SEND(Sender.CLIENT, true),
    SUBSCRIBE(Sender.CLIENT, false),
    UNSUBSCRIBE(Sender.CLIENT, false),
    ACK(Sender.CLIENT, false),
    NACK(Sender.CLIENT, false),
    BEGIN(Sender.CLIENT, false),
    COMMIT(Sender.CLIENT, false),
    ABORT(Sender.CLIENT, false),
    DISCONNECT(Sender.CLIENT, false),
    CONNECTED(Sender.SERVER, false),
    MESSAGE(Sender.SERVER, true),
    RECEIPT(Sender.SERVER, false),
    ERROR(Sender.SERVER, true);

    private enum Sender {
        CLIENT,
        SERVER
    }

    private final Sender sender;
    private final boolean bodied;

    StompCommand(Sender sender, boolean bodied) {
        this.sender = sender;
        this.bodied = bodied;
    }

    public boolean isOfClient() {
        return sender == Sender.CLIENT;
    }

    /** Only SEND, MESSAGE and ERROR have a body (STOMP 1.2, STOMP Frames, Body). */
    boolean mayHaveBody() {
        return bodied;
    }

    /** CONNECT and CONNECTED keep the headers of STOMP 1.0: nothing in them is escaped (STOMP 1.2, Value Encoding). */
    boolean escapesHeaders() {
        return this != CONNECT && this != CONNECTED;
    }
}
