package io.saddlebag.testing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;

/** The rules of the house that hold in every module; two modules without one above both call them. */
public final class HouseRules {
    private static final int MOST_FILES = 20;
    private static final String[] APPLICATIONS = {"io.saddlebag.hq..", "io.saddlebag.lab..", "io.saddlebag.rc.."};
    private static final String MADE_BY_JMH = "..jmh_generated..";

    private HouseRules() {}

    /** A module's tests reach the others packed in a jar. */
    public static final class NoFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static void packagesHoldAtMostTwentyFiles(JavaClasses all) {
        Map<String, Long> files = all.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !resideInAnyPackage(MADE_BY_JMH).test(type))
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        files.values().removeIf(count -> count <= MOST_FILES);
        assertThat(files).isEmpty();
    }

    /** A step is wired in one place: the application's own class, or a class of stages that it calls. */
    @ArchTest
    static final ArchRule onlyApplicationsMakeSteps = noClasses()
            .that()
            .resideOutsideOfPackages("io.saddlebag.hq", "io.saddlebag.lab", "io.saddlebag.rc", "io.saddlebag.bench..")
            .and()
            .haveSimpleNameNotEndingWith("Steps")
            .should()
            .callConstructorWhere(
                    DescribedPredicate.describe("it makes a step of an application", HouseRules::makesAnothersStep));

    private static boolean makesAnothersStep(JavaConstructorCall call) {
        JavaClass made = call.getTargetOwner();
        Function<JavaClass, String> outermost = type -> type.getName().split("\\$")[0];
        return resideInAnyPackage(APPLICATIONS).test(made)
                && (made.isAssignableTo(Processor.class)
                        || made.isAssignableTo(Predicate.class)
                        || made.getSimpleName().endsWith("Steps"))
                && !call.getOriginOwner().isAssignableTo(made.getName())
                && !outermost.apply(made).equals(outermost.apply(call.getOriginOwner()));
    }

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.saddlebag.(**)").should().beFreeOfCycles();

    /** JMH extends the classes of its benchmarks by generated ones. */
    @ArchTest
    static final ArchRule publicClassesAreFinalOrMeantToBeExtended = classes()
            .that()
            .resideOutsideOfPackage("io.saddlebag.bench.parts..")
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
