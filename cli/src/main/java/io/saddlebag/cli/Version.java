package io.saddlebag.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Saddlebag.class.getPackage().getImplementationVersion();
        return new String[] {"saddlebag " + (version == null ? "(from class files)" : version)};
    }
}
