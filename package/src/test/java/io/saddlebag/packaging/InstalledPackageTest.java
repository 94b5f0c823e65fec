package io.saddlebag.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The life of the package on one machine: installed, used, upgraded, removed. The machine is a bare Debian root. */
@TestMethodOrder(OrderAnnotation.class)
class InstalledPackageTest {
    private static final String HOME = "/var/lib/saddlebag/fl-lab";

    @TempDir
    private static Path folder;

    private static BareRoot machine;

    @BeforeAll
    static void makeTheMachine() throws Exception {
        Optional<String> obstacle = BareRoot.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "The package is not installed here: " + obstacle.orElseThrow());
        machine = BareRoot.make(folder.resolve("root"));
    }

    @Test
    @Order(1)
    void installsOnAMachineWithoutJava() throws Exception {
        assertThat(machine.run("command -v java").exitCode()).isNotZero();

        install(Packages.saddlebag());

        assertThat(succeeds("saddlebag --version")).startsWith("saddlebag ");
        assertThat(succeeds("saddlebag console --help")).contains("Usage: saddlebag console");
        assertThat(machine.path("/usr/share/man/man1/saddlebag.1.gz")).isRegularFile();
        assertThat(succeeds("stat -c '%U:%G %a' /var/lib/saddlebag").strip()).isEqualTo("saddlebag:saddlebag 750");
        assertThat(archives()).hasSize(1);
        assertThat(machine.path("/usr/lib/saddlebag/classes.list"))
                .content()
                .contains("io/saddlebag/lab/LabApplication", "io/saddlebag/hq/");
        assertThat(succeeds("find /usr/lib/saddlebag /usr/bin/saddlebag ! -user root -o -perm /022 ! -type l"))
                .isEmpty();
    }

    @Test
    @Order(2)
    void deliversNineOfNineInTheDemoOfAnOrdinaryUser() throws Exception {
        String demo = succeeds("cd /home/tester && setpriv --reuid tester --regid tester --init-groups saddlebag demo");

        assertThat(demo).contains("9 of 9 deliveries acknowledged").doesNotContain("preparing for fast starts");
        assertThat(machine.path("/home/tester/saddlebag-demo")).isDirectory();
    }

    /** There is no systemd in the root, so the test runs what the unit names, as the unit's user. */
    @Test
    @Order(3)
    void startsAHomeAsTheUnitDoes() throws Exception {
        String unit = Files.readString(machine.path("/lib/systemd/system/saddlebag-lab@.service"));
        String command = unit.lines()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStart=".length())
                .replace("%i", "fl-lab");

        String log = succeeds("umask 0027; as='setpriv --reuid saddlebag --regid saddlebag --init-groups'"
                + " && $as saddlebag init scenario --dir /var/lib/saddlebag > /dev/null"
                + " && { $as " + command + " > /tmp/log & }"
                + " && while ! grep -q '\"ready\" *: *true' " + HOME + "/run/site.json 2> /dev/null"
                + " && kill -0 $!; do sleep 0.2; done; kill $!; wait $!; echo \"ended with $?\"; cat /tmp/log");

        assertThat(log).startsWith("ended with 0").contains("FL-LAB");
    }

    @Test
    @Order(4)
    void upgradesBesideSettingsAndHomes() throws Exception {
        succeeds("echo kept > " + HOME + "/file && echo '# mine' >> /etc/default/saddlebag");
        Path before = archives().get(0);
        Object made = Files.getLastModifiedTime(before);

        install(nextVersion());

        assertThat(succeeds("dpkg-query -W -f '${Version} ${Status}' saddlebag"))
                .contains("~next install ok installed");
        assertThat(archives()).hasSize(1);
        assertThat(Files.getLastModifiedTime(archives().get(0))).isNotEqualTo(made);
        assertThat(machine.path(HOME + "/file")).hasContent("kept");
        assertThat(Files.readString(machine.path("/etc/default/saddlebag"))).endsWith("# mine\n");
    }

    @Test
    @Order(5)
    void addsTheMeasuringToolsByAPackageOfTheirOwn() throws Exception {
        assertThat(machine.run("saddlebag bench hq --help").out()).contains("the package saddlebag-bench");

        copy(Packages.bench());
        succeeds("dpkg --force-depends-version -i /tmp/" + Packages.bench().getFileName());

        assertThat(succeeds("saddlebag bench hq --help")).contains("Usage: saddlebag bench hq");
    }

    @Test
    @Order(6)
    void removesTheProgramAndKeepsHomes() throws Exception {
        succeeds("dpkg -r saddlebag-bench saddlebag");

        assertThat(machine.path("/usr/lib/saddlebag")).doesNotExist();
        assertThat(machine.path("/usr/bin/saddlebag")).doesNotExist();

        succeeds("dpkg -P saddlebag");

        assertThat(machine.path(HOME + "/file")).hasContent("kept");
        assertThat(machine.path("/etc/default/saddlebag")).doesNotExist();
    }

    private static void install(Path deb) throws Exception {
        copy(deb);
        succeeds("dpkg -i /tmp/" + deb.getFileName());
    }

    private static void copy(Path deb) throws IOException {
        Files.copy(deb, machine.path("/tmp/" + deb.getFileName()));
    }

    private static String succeeds(String line) throws Exception {
        BareRoot.Run run = machine.run(line);
        assertThat(run.exitCode()).as("%s: %s", line, run.out()).isZero();
        return run.out();
    }

    private static List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(machine.path("/usr/lib/saddlebag"))) {
            return files.filter(file -> file.getFileName().toString().matches("classes-.*\\.jsa.*"))
                    .toList();
        }
    }

    /** The same package under a later version. */
    private static Path nextVersion() throws Exception {
        Path next = folder.resolve("saddlebag-next.deb");
        BareRoot.Run made = BareRoot.run(List.of(
                "sh",
                "-c",
                "dpkg-deb -R \"$1\" \"$2\" && sed -i 's/^Version: .*/&+1~next/' \"$2/DEBIAN/control\""
                        + " && dpkg-deb -Znone -b \"$2\" \"$3\"",
                "sh",
                Packages.saddlebag().toString(),
                folder.resolve("unpacked").toString(),
                next.toString()));
        assertThat(made.exitCode()).as(made.out()).isZero();
        return next;
    }
}
