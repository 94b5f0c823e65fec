package io.saddlebag.lab.scan;

import io.saddlebag.files.HeldFolder;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.log.FaultText;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.strategy.GenericFileNoOpProcessStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's file consumer with a listing of its own. Each poll continues after the last entry of the one before and
 * offers the next files that are complete. A folder of 100,000 files is so read as often as one of 100, and incomplete
 * files hold up none behind them. Folders are offered too, unless sub-folders are read. Links, and names whose bytes
 * are no text, are offered for the route to refuse them.
 */
final class DropConsumer extends FileConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(DropConsumer.class);

    /** A name may hold line ends, and capitals that are not ASCII: what one include leaves another must take. */
    private static final int NAMES = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;

    /** Entries that a poll looks at, at most; the next poll continues. */
    private static final int MOST_LOOKS = 100_000;

    private final DropEndpoint endpoint;
    private final DropRoot root;
    private final DropRoots roots;
    private final SettledFiles settled;
    private final LeftInPlace leftInPlace;
    private final DropRules rules;
    private final Pattern include;
    private final Pattern exclude;
    /** Null where each file is a message. */
    private final StemGroups stems;

    private final OddEntries oddEntries = new OddEntries();
    private final PassBound bound = new PassBound();
    private final Queue<Dropped> complete = new ArrayDeque<>();
    private DropListing listing;
    private boolean isAway;

    DropConsumer(
            DropEndpoint endpoint,
            Processor processor,
            GenericFileOperations<File> operations,
            DropRoot root,
            DropRoots roots,
            SettledFiles settled,
            LeftInPlace leftInPlace,
            DropRules rules,
            boolean byStem) {
        // The route moves the files.
        super(endpoint, processor, operations, new GenericFileNoOpProcessStrategy<>());
        this.endpoint = endpoint;
        this.root = root;
        this.roots = roots;
        this.settled = settled;
        this.leftInPlace = leftInPlace;
        this.rules = rules;
        this.stems = byStem ? new StemGroups(root, settled, rules) : null;
        this.include = pattern(endpoint.getInclude());
        this.exclude = pattern(endpoint.getExclude());
    }

    private static Pattern pattern(String expression) {
        return expression == null ? null : Pattern.compile(expression, NAMES);
    }

    private boolean isTaken(String name) {
        return (include == null || include.matcher(name).matches())
                && (exclude == null || !exclude.matcher(name).matches());
    }

    @Override
    protected boolean pollDirectory(Exchange dynamic, String folder, List<GenericFile<File>> found, int depth) {
        try {
            if (listing == null) {
                listing = new DropListing(
                        root, endpoint.isRecursive(), this::isTaken, rules, roots, settled, this::metMarker);
                leftInPlace.review(root);
                if (isAway) {
                    LOG.info("{}: there again", folder);
                }
                isAway = false;
            }
            return fill(found);
        } catch (IOException | DirectoryIteratorException e) {
            if (!isAway) {
                LOG.warn(
                        "{}: expected a folder to take files from, found {}; looked for again",
                        folder,
                        FaultText.of(e));
            }
            isAway = true;
            closeListing();
            return true;
        }
    }

    /** @return whether the folder's end was reached */
    private boolean fill(List<GenericFile<File>> found) throws IOException {
        for (Dropped claimed = root.nextClaimed(this::isTaken); claimed != null; ) {
            found.add(file(claimed));
            claimed = root.nextClaimed(this::isTaken);
        }
        for (int looked = 0; found.size() < getMaxMessagesPerPoll() && looked < MOST_LOOKS; looked++) {
            if (!complete.isEmpty()) {
                offer(complete.remove(), found);
                continue;
            }
            DropListing.Entry entry = listing.next();
            if (entry == null && stems != null) {
                complete.addAll(stems.complete());
            }
            if (entry == null && complete.isEmpty()) {
                bound.endReached(settled.time());
                closeListing();
                return true;
            }
            if (entry != null
                    && !take(entry, found)
                    && settled.waitsItsTurn(entry.dropped())
                    && bound.endsHere(settled.time())) {
                closeListing();
                return true;
            }
        }
        return false;
    }

    /** @return false when it is not complete */
    private boolean take(DropListing.Entry entry, List<GenericFile<File>> found) throws IOException {
        Dropped dropped = entry.dropped();
        if (leftInPlace.contains(dropped, rules)) {
            return true;
        }
        boolean isOdd =
                !dropped.attributes().isRegularFile() && !dropped.attributes().isDirectory();
        if (isOdd && !oddEntries.isOffered(dropped.path(), settled.time())) {
            return true;
        }
        if (stems != null && dropped.attributes().isRegularFile()) {
            stems.add(dropped);
            return true;
        }
        if (!settled.isSettled(dropped, entry.folder(), rules)) {
            return false;
        }
        offer(dropped, found);
        return true;
    }

    private void offer(Dropped dropped, List<GenericFile<File>> found) {
        if (endpoint.getInProgressRepository().add(dropped.path().toString())) {
            found.add(file(dropped));
        }
    }

    private void metMarker(Path marker, HeldFolder folder) throws IOException {
        if (stems != null) {
            stems.marker(marker);
        } else if (!root.isByStem()) {
            settled.metMarker(root, marker, folder);
        }
    }

    private GenericFile<File> file(Dropped dropped) {
        GenericFile<File> file = new GenericFile<>();
        file.setAbsolute(true);
        file.setAbsoluteFilePath((dropped.isClaimed() ? dropped.claim() : dropped.path()).toString());
        file.setFileName(dropped.name());
        file.setExtendedAttributes(Map.of(DropComponent.DROPPED, dropped, DropComponent.RULES, rules));
        return file;
    }

    /** The steps look at the file themselves, as it is when they deal with it. */
    @Override
    protected void updateFileHeaders(GenericFile<File> file, Message message) {
        // No header says anything of it.
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        closeListing();
    }

    private void closeListing() {
        if (listing != null) {
            try {
                listing.close();
            } catch (IOException e) {
                LOG.debug("a listing could not be closed", e);
            }
            listing = null;
            if (stems != null) {
                stems.forget();
            }
        }
    }
}
