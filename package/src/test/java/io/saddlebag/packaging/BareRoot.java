package io.saddlebag.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A bare Debian root: the essential packages of this machine, adduser and what both need, copied into a folder. No Java
 * is in it. Commands run there in a mount and a process namespace of their own.
 */
final class BareRoot {
    private static final List<String> NEEDED = List.of("adduser", "zlib1g", "libstdc++6", "libgcc-s1", "libc6");

    private final Path root;

    private BareRoot(Path root) {
        this.root = root;
    }

    record Run(int exitCode, String out) {}

    /** The reason why this machine cannot make one; empty where it can. */
    static Optional<String> obstacle() throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/dpkg-deb"))) {
            return Optional.of("needs Debian's dpkg");
        }
        Run mount = run(List.of(
                "unshare", "--mount", "--pid", "--fork", "sh", "-c", "mount -t tmpfs none /mnt && chroot / true"));
        return mount.exitCode() == 0
                ? Optional.empty()
                : Optional.of("needs root with the right to mount: " + mount.out());
    }

    static BareRoot make(Path folder) throws IOException, InterruptedException {
        Set<String> packages = closure(essential());
        Path list = folder.resolveSibling(folder.getFileName() + ".packages");
        Files.write(list, packages);
        Files.createDirectories(folder);
        must(List.of("sh", "-c", """
                set -e
                cd "$1"
                mkdir -m 1777 tmp
                mkdir dev proc sys run root home
                # As on a new Debian, where /usr holds all.
                for each in bin sbin lib lib64; do
                    if [ -L /$each ]; then mkdir -p usr/$each; ln -s usr/$each $each; fi
                done
                xargs dpkg -L < "$2" | sort -u | while IFS= read -r path; do
                    if [ -f "$path" ] || [ -L "$path" ]; then printf '%s\\n' "$path"; fi
                done | tar -C / -cf - -T - 2> /dev/null | tar -xf - --keep-directory-symlink
                mkdir -p var/lib/dpkg/info var/lib/dpkg/updates var/log etc/default
                : > var/lib/dpkg/available
                xargs dpkg -s < "$2" > var/lib/dpkg/status
                while IFS= read -r each; do
                    cp /var/lib/dpkg/info/"$each".* /var/lib/dpkg/info/"$each":*.* var/lib/dpkg/info/ 2> /dev/null || :
                done < "$2"
                cp usr/share/base-passwd/passwd.master etc/passwd
                cp usr/share/base-passwd/group.master etc/group
                printf '127.0.0.1 localhost\\n' > etc/hosts
                chroot . ldconfig
                chroot . useradd --create-home tester
                """, "sh", folder.toString(), list.toString()));
        return new BareRoot(folder);
    }

    Path path(String inside) {
        return root.resolve(inside.substring(1));
    }

    /** Runs a shell's line in the root, as its root user. */
    Run run(String line) throws IOException, InterruptedException {
        return run(List.of(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                "mount --bind /dev \"$1/dev\" && mount -t tmpfs -o mode=1777 shm \"$1/dev/shm\""
                        + " && mount -t proc proc \"$1/proc\" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin"
                        + " LANG=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive chroot \"$1\" sh -c \"$2\"",
                "sh",
                root.toString(),
                line));
    }

    private static List<String> essential() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(NEEDED);
        for (String line : must(List.of("dpkg-query", "-W", "-f", "${Essential} ${Package}\n"))
                .out()
                .split("\n")) {
            if (line.startsWith("yes ")) {
                names.add(line.substring("yes ".length()));
            }
        }
        return names;
    }

    private static Set<String> closure(Collection<String> names) throws IOException, InterruptedException {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(names);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (found.contains(name)) {
                continue;
            }
            Run depends = run(List.of("dpkg-query", "-W", "-f", "${Status}|${Pre-Depends}, ${Depends}\n", name));
            if (depends.exitCode() != 0 || !depends.out().startsWith("install ok installed|")) {
                continue;
            }
            found.add(name);
            String all = depends.out().lines().findFirst().orElseThrow();
            Arrays.stream(all.substring(all.indexOf('|') + 1).split("[,|]"))
                    .map(each -> each.strip().replaceFirst("[ (:].*", ""))
                    .filter(each -> !each.isEmpty())
                    .forEach(open::push);
        }
        return found;
    }

    private static Run must(List<String> command) throws IOException, InterruptedException {
        Run run = run(command);
        if (run.exitCode() != 0) {
            throw new IOException(command.get(0) + " ended with " + run.exitCode() + ": " + run.out());
        }
        return run;
    }

    static Run run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("saddlebag-package", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new IOException("No end after 5 minutes of " + command + ": " + Files.readString(out));
            }
            return new Run(process.exitValue(), Files.readString(out));
        } finally {
            Files.delete(out);
        }
    }
}
