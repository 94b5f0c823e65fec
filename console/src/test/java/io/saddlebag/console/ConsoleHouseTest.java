package io.saddlebag.console;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.saddlebag.testing.HouseRules;

/** The console is on no class path of the tests that look at the other rooms. */
@AnalyzeClasses(
        packages = "io.saddlebag.console",
        importOptions = {DoNotIncludeTests.class, HouseRules.NoFixtures.class})
final class ConsoleHouseTest {
    @ArchTest
    static final ArchTests house = ArchTests.in(HouseRules.class);
}
