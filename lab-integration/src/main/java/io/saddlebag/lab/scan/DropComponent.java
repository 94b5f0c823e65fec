package io.saddlebag.lab.scan;

import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.message.DropContext;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.observe.Expect;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Route;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileConfiguration;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.spi.annotations.Component;

/**
 * The scheme {@code drop:<name>?folder=RAW(<folder>)}: Camel's file consumer with its options, fed by {@link
 * DropConsumer} with the files that are complete; with {@code group=stem} those of one stem together. The folder is
 * relative to the site's home; it is a parameter, because a path of a URI is decoded, and a folder may have a name such
 * as {@code a%20b}.
 */
// Named after the file component, by whose table of options the parameters of a route are read.
@Component("file")
public final class DropComponent extends FileComponent {
    public static final String SCHEME = "drop";

    static final String DROPPED = "dropped";
    static final String RULES = "rules";

    private static final String FOLDER = "folder";

    private final Path home;
    private final DropRoots roots;
    private final SettledFiles settled;
    private final LeftInPlace leftInPlace;

    /**
     * @param settled says which files are complete, for all drop folders
     * @param leftInPlace knows those that are not looked at again
     */
    public DropComponent(Path home, DropRoots roots, SettledFiles settled, LeftInPlace leftInPlace) {
        this.home = home;
        this.roots = roots;
        this.settled = settled;
        this.leftInPlace = leftInPlace;
    }

    /**
     * A drop folder of a route.
     *
     * @param expectSeconds how long nothing may come; null when nothing is expected
     */
    public record Drop(Path folder, Long expectSeconds) {}

    /** The drop folder that the route takes files from by name; empty of other routes. */
    public static Optional<Drop> dropOf(Route route) {
        return route.getEndpoint() instanceof DropEndpoint drop && drop.getExclude() == null
                ? Optional.of(new Drop(drop.getFile().toPath(), drop.expectSeconds()))
                : Optional.empty();
    }

    /** The listed entry, whatever the bytes of its name are. */
    public static Dropped droppedOf(GenericFile<?> file) {
        return (Dropped) file.getExtendedAttributes().get(DROPPED);
    }

    /** The rules of the route for its drops. */
    public static DropRules rulesOf(GenericFile<?> file) {
        return (DropRules) file.getExtendedAttributes().getOrDefault(RULES, DropRules.USUAL);
    }

    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(
            String uri, String remaining, Map<String, Object> parameters) {
        Object relative = parameters.remove(FOLDER);
        if (relative == null) {
            throw new IllegalArgumentException(
                    uri + ": expected the parameter " + FOLDER + ", a folder relative to the home, found none. Add it");
        }
        File folder = home.resolve(relative.toString()).normalize().toFile();
        DropRoot root = roots.of(folder.toPath());
        GenericFileConfiguration configuration = new GenericFileConfiguration();
        configuration.setDirectory(folder.getPath());
        boolean byStem = DropContext.STEM.equals(parameters.remove(DropContext.GROUP));
        if (byStem) {
            root.setByStem();
        }
        Duration expect = Expect.of(String.valueOf(parameters.remove(Expect.PARAMETER)));
        DropEndpoint endpoint =
                new DropEndpoint(uri, this, root, roots, settled, leftInPlace, rules(parameters), byStem, expect);
        endpoint.setFile(folder);
        endpoint.setConfiguration(configuration);
        return endpoint;
    }

    private static DropRules rules(Map<String, Object> parameters) {
        return DropRules.of(
                text(parameters.remove("completeWhen"), DropRules.NONE),
                text(parameters.remove("quiet"), DropRules.SETTLE_TIME),
                text(parameters.remove("leaveOut"), DropRules.NONE),
                text(parameters.remove("take"), DropRules.MOVE));
    }

    private static String text(Object value, String usual) {
        return value == null ? usual : value.toString();
    }
}
