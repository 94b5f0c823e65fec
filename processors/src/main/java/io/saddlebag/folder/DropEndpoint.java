package io.saddlebag.folder;

import java.io.File;
import java.nio.file.Path;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperations;

/** One drop folder, see {@link DropComponent}. */
final class DropEndpoint extends FileEndpoint {
    private final SettledFiles settled;
    private final DropComponent component;

    DropEndpoint(String uri, DropComponent component, SettledFiles settled) {
        super(uri, component);
        this.settled = settled;
        this.component = component;
    }

    /** Whether the path is a drop folder or holds one, so that it is nothing that was dropped. */
    boolean leadsToADropFolder(Path path) {
        return component.leadsToADropFolder(path);
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
        return new DropConsumer(this, processor, operations, settled);
    }
}
