package io.saddlebag.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A user of this machine who is not the one that runs the site, but in its group: real processes under another uid. */
public final class AnotherUser {
    private static final int USER = 61_234;

    private final int group = (int) new UnixSystem().getGid();

    private AnotherUser() {}

    /** Skips the test where this process may not act as another user. */
    public static AnotherUser require() throws IOException, InterruptedException {
        assumeTrue(new UnixSystem().getUid() == 0, "acting as a second user needs root");
        AnotherUser user = new AnotherUser();
        assumeTrue(user.run("true").isDone(), "acting as a second user needs setpriv and the right to change the uid");
        return user;
    }

    /** How a command ended. */
    public record Outcome(int exitCode, String said) {
        public boolean isDone() {
            return exitCode == 0;
        }
    }

    public int user() {
        return USER;
    }

    /** Gives a file or folder to the common group, with the given mode. */
    public void share(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:gid", group);
        Files.setAttribute(path, "unix:mode", mode);
    }

    /** Runs a shell script as the other user, with the paths as {@code $1}, {@code $2} and on. */
    public Outcome run(String script, Path... paths) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "setpriv", "--reuid=" + USER, "--regid=" + group, "--clear-groups", "sh", "-c", script, "reader"));
        for (Path path : paths) {
            command.add(path.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), said);
    }
}
