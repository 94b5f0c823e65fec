package io.saddlebag.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.saddlebag.testing.HouseRules;
import java.util.List;
import java.util.Set;

/** The floors of the house: each room knows rooms of lower floors only. Nothing depends on the console, a module apart. */
@AnalyzeClasses(
        packages = "io.saddlebag",
        importOptions = {DoNotIncludeTests.class, HouseRules.NoFixtures.class})
final class DependenciesTest {
    /** From below; a room is the part of a package name after {@code io.saddlebag}. */
    private static final List<Set<String>> FLOORS = List.of(
            Set.of("clock", "failpoint", "log"),
            Set.of("message"),
            Set.of("files"),
            Set.of("journal"),
            Set.of("identity"),
            Set.of("seal"),
            Set.of("dsse", "stomp"),
            Set.of("tlog"),
            Set.of("site"),
            Set.of("check"),
            Set.of("stores", "observe", "oplog", "where"),
            Set.of("hq", "lab", "rc"),
            Set.of("audit"),
            Set.of("cli"),
            Set.of("console", "bench"));

    private static final String HQ = "io.saddlebag.hq..";
    private static final String LAB = "io.saddlebag.lab..";
    private static final String CENTRE = "io.saddlebag.rc..";
    private static final String COMMAND = "io.saddlebag.cli..";
    private static final String LOAD = "io.saddlebag.bench.load..";
    private static final String BENCHED_PARTS = "io.saddlebag.bench.parts..";

    @ArchTest
    static final ArchRule roomsKnowLowerFloorsOnly = classes().should(new ArchCondition<>("know lower floors only") {
        @Override
        public void check(JavaClass origin, ConditionEvents events) {
            String room = room(origin);
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                if (target.getPackageName().startsWith("io.saddlebag.") && !mayKnow(room, room(target))) {
                    events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                }
            }
        }
    });

    private static String room(JavaClass type) {
        return type.getPackageName().split("\\.")[2];
    }

    private static boolean mayKnow(String room, String other) {
        return room.equals(other) || floor(other) < floor(room);
    }

    private static int floor(String room) {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            if (FLOORS.get(floor).contains(room)) {
                return floor;
            }
        }
        throw new AssertionError("expected io.saddlebag." + room + " on a floor, found it on none. Add it to FLOORS");
    }

    /** The load sees headquarters as its clients do. */
    @ArchTest
    static final ArchRule theLoadGeneratorSeesHeadquartersFromOutside = noClasses()
            .that()
            .resideInAPackage(LOAD)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HQ, LAB, CENTRE, COMMAND);

    /** Benchmarks of single parts call those of processors and of headquarters. */
    @ArchTest
    static final ArchRule benchmarksOfPartsKnowHeadquartersAlone = noClasses()
            .that()
            .resideInAPackage(BENCHED_PARTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LAB, CENTRE, COMMAND);

    /** Two checkers that share code would share its faults. */
    @ArchTest
    static final ArchRule theChecksOfChaosShareNothingWithTheAudit = noClasses()
            .that()
            .resideInAPackage("io.saddlebag.bench.chaos")
            .and()
            .haveSimpleNameEndingWith("Check")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.saddlebag.audit..");

    @ArchTest
    static final ArchRule messagesDoNoInputOrOutput = noClasses()
            .that()
            .resideInAPackage("io.saddlebag.message..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..", "org.apache.camel..", "io.netty..");

    @ArchTest
    static final ArchRule headquartersCannotOpenASeal = noClasses()
            .that()
            .resideInAPackage(HQ)
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.saddlebag\\.seal\\.(AgeFile|AgeIdentity|MessageOpener|MessageSealer)");

    @ArchTest
    static final ArchRule onlyTheStoreKnowsPostgresql = noClasses()
            .that()
            .resideInAPackage(HQ)
            .and()
            .resideOutsideOfPackages("io.saddlebag.hq.store..", "io.saddlebag.hq.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.postgresql..", "org.flywaydb..");

    /** A web server serves the console's pages, and nothing else of it is known outside. */
    @ArchTest
    static final ArchRule onlyTheConsoleKnowsAWebServer = noClasses()
            .that()
            .resideOutsideOfPackage("io.saddlebag.console..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..", "gg.jte..");

    @ArchTest
    static final ArchTests house = ArchTests.in(HouseRules.class);
}
