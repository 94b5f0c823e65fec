package io.saddlebag.folder;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileConfiguration;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.spi.annotations.Component;

/**
 * The scheme {@code drop:<folder>}: Camel's file consumer with its options, fed by {@link DropConsumer} with the files that
 * are complete. The folder is relative to the site's home.
 */
// Named after the file component, by whose table of options the parameters of a route are read.
@Component("file")
public final class DropComponent extends FileComponent {
    public static final String SCHEME = "drop";

    static final String PATH = "path";

    private final Path home;
    private final SettledFiles settled;
    private final Set<Path> dropFolders = ConcurrentHashMap.newKeySet();

    /** @param settled says which files are complete, for all drop folders */
    public DropComponent(Path home, SettledFiles settled) {
        this.home = Objects.requireNonNull(home, "home");
        this.settled = Objects.requireNonNull(settled, "settled files");
    }

    /** The file as it was listed, whatever bytes its name is of. */
    public static Path fileOf(GenericFile<?> dropped) {
        Map<String, Object> attributes = dropped.getExtendedAttributes();
        return attributes == null ? Path.of(dropped.getAbsoluteFilePath()) : (Path) attributes.get(PATH);
    }

    boolean leadsToADropFolder(Path path) {
        return dropFolders.stream().anyMatch(each -> each.startsWith(path));
    }

    @Override
    protected GenericFileEndpoint<File> buildFileEndpoint(
            String uri, String remaining, Map<String, Object> parameters) {
        File folder = home.resolve(remaining).normalize().toFile();
        dropFolders.add(folder.toPath());
        GenericFileConfiguration configuration = new GenericFileConfiguration();
        configuration.setDirectory(folder.getPath());
        DropEndpoint endpoint = new DropEndpoint(uri, this, settled);
        endpoint.setFile(folder);
        endpoint.setConfiguration(configuration);
        endpoint.setProcessStrategy(settled);
        return endpoint;
    }
}
