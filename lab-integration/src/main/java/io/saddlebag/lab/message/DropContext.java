package io.saddlebag.lab.message;

import io.saddlebag.files.DroppedName;
import io.saddlebag.lab.claim.Dropped;
import org.apache.camel.Exchange;

/**
 * One dropped file as the steps of its route know it, each adding its part. Belongs to one exchange; one thread at a
 * time. The parameters of the route are exchange properties, which the template sets.
 */
public final class DropContext {
    /** The drop route's recipients, comma separated. */
    public static final String RECIPIENTS = "recipients";
    /** The drop route's media type, or {@link #BY_NAME}. */
    public static final String CONTENT_TYPE = "contentType";

    public static final String BY_NAME = "by-name";
    /** The drop route's treatment of names that are no message_id: {@code strict}, or {@link #ASSIGN}. */
    public static final String NAMING = "naming";

    public static final String ASSIGN = "assign";
    /** The drop route's treatment of the files of a stem: {@code none}, or {@link #STEM} to send them together. */
    public static final String GROUP = "group";

    public static final String STEM = "stem";
    /** The TYPE of the ids that the drop route assigns. */
    public static final String TYPE = "type";

    private static final String PROPERTY = "drop";

    private Dropped dropped;
    private DroppedName name;
    private FileLook look;

    private DropContext(Dropped dropped) {
        this.dropped = dropped;
    }

    public static DropContext begin(Exchange exchange, Dropped listed) {
        DropContext context = new DropContext(listed);
        exchange.setProperty(PROPERTY, context);
        return context;
    }

    public static DropContext of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, DropContext.class);
    }

    /** True if the files of a stem travel together. */
    public static boolean isByStem(Exchange exchange) {
        return STEM.equals(exchange.getProperty(GROUP, String.class));
    }

    public Dropped dropped() {
        return dropped;
    }

    /** The same file, in its present place. */
    public void moved(Dropped there) {
        dropped = there;
    }

    /** Null before the name was judged, or when it was refused. */
    public DroppedName name() {
        return name;
    }

    public void named(DroppedName judged) {
        name = judged;
    }

    /** The look of the file when it was judged. */
    public FileLook look() {
        return look;
    }

    public void looked(FileLook found) {
        look = found;
    }
}
