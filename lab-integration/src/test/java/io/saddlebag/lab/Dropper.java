package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.access.Ownership;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Somebody who drops files under a user id of their own: a shell, whose folder stays open wherever it is moved. */
final class Dropper implements AutoCloseable {
    private static final int ID = 65534;
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final Process shell;
    private final BufferedWriter in;
    private final BufferedReader out;

    private Dropper(Path folder) throws IOException {
        shell = new ProcessBuilder(SETPRIV.toString(), "--reuid=" + ID, "--regid=" + ID, "--clear-groups", "sh")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        in = shell.outputWriter();
        out = shell.inputReader();
    }

    static void assumePossible() {
        assumeTrue(
                Ownership.thisUser() == 0 && Files.isExecutable(SETPRIV),
                "needs root and setpriv, to act as a second user");
    }

    /** Lets the dropper's group write there, and everybody pass on the way to it. */
    static void share(Path drop) throws IOException {
        for (Path folder = drop.getParent(); folder.startsWith("/tmp") && folder.getNameCount() > 1; ) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            folder = folder.getParent();
        }
        Files.setAttribute(drop, "unix:gid", ID);
        Files.setAttribute(drop, "unix:mode", 0040000 | 02770);
    }

    /** One that works in a folder. */
    static Dropper in(Path folder) throws IOException {
        return new Dropper(folder);
    }

    /** @return what the command said, and its exit status last */
    String run(String command) throws IOException {
        in.write("( " + command + " ); echo \"status $?\"\n");
        in.flush();
        StringBuilder said = new StringBuilder();
        String line = out.readLine();
        while (line != null && !line.startsWith("status ")) {
            said.append(line).append('\n');
            line = out.readLine();
        }
        return said + line;
    }

    void does(String command) throws IOException {
        assertThat(run(command)).as(command).isEqualTo("status 0");
    }

    /** Runs a command in the shell itself, such as cd or exec. */
    void stays(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        does("true");
    }

    @Override
    public void close() {
        shell.destroyForcibly();
    }
}
