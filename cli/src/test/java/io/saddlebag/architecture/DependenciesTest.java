package io.saddlebag.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies point one way: processors know no application, applications not each other, the command knows all; the benchmarks
 * of parts know headquarters. */
@AnalyzeClasses(
        packages = "io.saddlebag",
        importOptions = {DoNotIncludeTests.class, DependenciesTest.NoFixtures.class})
final class DependenciesTest {
    private static final String[] PROCESSORS = {
        "io.saddlebag.clock..",
        "io.saddlebag.message..",
        "io.saddlebag.failpoint..",
        "io.saddlebag.seal..",
        "io.saddlebag.identity..",
        "io.saddlebag.stomp..",
        "io.saddlebag.files..",
        "io.saddlebag.journal..",
        "io.saddlebag.dsse..",
        "io.saddlebag.stores..",
        "io.saddlebag.log..",
        "io.saddlebag.audit..",
        "io.saddlebag.site.."
    };
    private static final String HQ = "io.saddlebag.hq..";
    private static final String LAB = "io.saddlebag.lab..";
    private static final String CENTRE = "io.saddlebag.rc..";
    private static final String BENCH = "io.saddlebag.bench..";
    private static final String BENCHED_PARTS = "io.saddlebag.bench.parts..";
    private static final String COMMAND = "io.saddlebag.cli..";

    /** A module's tests reach the others packed in a jar. */
    static final class NoFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule processorsKnowNoApplication = noClasses()
            .that()
            .resideInAnyPackage(PROCESSORS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HQ, LAB, CENTRE, BENCH, COMMAND);

    @ArchTest
    static final ArchRule headquartersKnowsNoOther = noClasses()
            .that()
            .resideInAPackage(HQ)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LAB, CENTRE, BENCH, COMMAND);

    @ArchTest
    static final ArchRule laboratoriesKnowNoOther = noClasses()
            .that()
            .resideInAPackage(LAB)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HQ, CENTRE, BENCH, COMMAND);

    @ArchTest
    static final ArchRule centresKnowNoOther = noClasses()
            .that()
            .resideInAPackage(CENTRE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HQ, LAB, BENCH, COMMAND);

    /** What loads headquarters measures it as a client sees it. */
    @ArchTest
    static final ArchRule theLoadGeneratorSeesHeadquartersFromOutside = noClasses()
            .that()
            .resideInAPackage(BENCH)
            .and()
            .resideOutsideOfPackage(BENCHED_PARTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HQ, LAB, CENTRE, COMMAND);

    /** Benchmarks of single parts call them: the processors' and headquarters', nobody else's. */
    @ArchTest
    static final ArchRule benchmarksOfPartsKnowHeadquartersAlone = noClasses()
            .that()
            .resideInAPackage(BENCHED_PARTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LAB, CENTRE, COMMAND);

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

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.saddlebag.(**)").should().beFreeOfCycles();

    /** JMH extends the classes of its benchmarks by what it generates. */
    @ArchTest
    static final ArchRule publicClassesAreFinalOrMeantToBeExtended = classes()
            .that()
            .resideOutsideOfPackage(BENCHED_PARTS)
            .and()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotRecords()
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);
}
