package io.saddlebag.folder;

import java.io.File;
import org.apache.camel.Processor;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;

/** One drop folder, see {@link DropComponent}. */
final class DropEndpoint extends FileEndpoint {
    private final SettledFiles settled;

    DropEndpoint(String uri, DropComponent component, SettledFiles settled) {
        super(uri, component);
        this.settled = settled;
    }

    @Override
    public String getScheme() {
        return DropComponent.SCHEME;
    }

    @Override
    protected FileConsumer newFileConsumer(Processor processor, GenericFileOperations<File> operations) {
        return new DropConsumer(this, processor, operations, settled);
    }
}
