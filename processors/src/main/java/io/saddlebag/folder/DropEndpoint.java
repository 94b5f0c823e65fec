package io.saddlebag.folder;

import java.io.File;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperations;

/** One drop folder, see {@link DropComponent}. */
final class DropEndpoint extends FileEndpoint {
    private final DropRoot root;
    private final DropRoots roots;
    private final SettledFiles settled;

    DropEndpoint(String uri, DropComponent component, DropRoot root, DropRoots roots, SettledFiles settled) {
        super(uri, component);
        this.root = root;
        this.roots = roots;
        this.settled = settled;
    }

    @Override
    public String getScheme() {
        return DropComponent.SCHEME;
    }

    /** Without the headers of the file component, a dozen a file, which the steps do not read. */
    @Override
    public void configureMessage(GenericFile<File> file, Message message) {
        message.setBody(file);
    }

    @Override
    protected FileConsumer newFileConsumer(Processor processor, GenericFileOperations<File> operations) {
        return new DropConsumer(this, processor, operations, root, roots, settled);
    }
}
