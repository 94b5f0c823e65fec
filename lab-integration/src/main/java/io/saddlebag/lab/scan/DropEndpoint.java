package io.saddlebag.lab.scan;

import io.saddlebag.files.AtomicFiles;
import io.saddlebag.lab.claim.DropRoot;
import io.saddlebag.lab.claim.DropRoots;
import io.saddlebag.lab.claim.DropRules;
import io.saddlebag.lab.records.LeftInPlace;
import io.saddlebag.log.FaultText;
import io.saddlebag.message.Printable;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One drop folder, see {@link DropComponent}. */
final class DropEndpoint extends FileEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(DropEndpoint.class);

    private final DropRoot root;
    private final DropRoots roots;
    private final SettledFiles settled;
    private final LeftInPlace leftInPlace;
    private final DropRules rules;
    private final boolean byStem;
    private final Duration expect;

    DropEndpoint(
            String uri,
            DropComponent component,
            DropRoot root,
            DropRoots roots,
            SettledFiles settled,
            LeftInPlace leftInPlace,
            DropRules rules,
            boolean byStem,
            Duration expect) {
        super(uri, component);
        this.rules = rules;
        this.byStem = byStem;
        this.expect = expect;
        this.root = root;
        this.roots = roots;
        this.settled = settled;
        this.leftInPlace = leftInPlace;
    }

    /** Null when nothing is expected. */
    Long expectSeconds() {
        return expect == null ? null : expect.toSeconds();
    }

    @Override
    public String getScheme() {
        return DropComponent.SCHEME;
    }

    /** Makes the folder with the mode of a site's folders; the file component would leave it to the umask. */
    @Override
    public FileConsumer createConsumer(Processor processor) throws Exception {
        try {
            AtomicFiles.createFolders(getFile().toPath());
        } catch (IOException e) {
            LOG.warn("{}: the drop folder cannot be made now: {}", getFile(), Printable.reason(FaultText.of(e)));
        }
        return super.createConsumer(processor);
    }

    /** Without the headers of the file component, a dozen a file, which the steps do not read. */
    @Override
    public void configureMessage(GenericFile<File> file, Message message) {
        message.setBody(file);
    }

    @Override
    protected FileConsumer newFileConsumer(Processor processor, GenericFileOperations<File> operations) {
        return new DropConsumer(this, processor, operations, root, roots, settled, leftInPlace, rules, byStem);
    }
}
