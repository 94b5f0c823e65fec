package io.saddlebag.lab.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.lab.TestLab;
import io.saddlebag.lab.message.LabExchange;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeDropTest {
    @TempDir
    Path folder;

    private final JudgeDrop judge = new JudgeDrop(TestLab.SITE, new FolderJudge(FolderLimits.USUAL));
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private void judge(Path file) throws IOException {
        LabExchange.dropped(exchange, TestLab.claimed(file));
        judge.process(exchange);
    }

    private void assertRefused(Path file, Refusal.Code code) {
        assertThatThrownBy(() -> judge(file))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void readsTheMessageIdOffTheName() throws Exception {
        judge(Files.createFile(folder.resolve("FL-LAB_DAT_20251008_001.csv")));
        assertThat(LabExchange.droppedName(exchange).messageId().value()).isEqualTo("FL-LAB_DAT_20251008_001");
    }

    @Test
    void refusesNamesThatAreNoneAndAnotherSites() throws Exception {
        assertRefused(Files.createFile(folder.resolve("notes.csv")), Refusal.Code.BAD_NAME);
        assertThatThrownBy(() -> judge(Files.createFile(folder.resolve("PA-LAB_DAT_20251008_001.csv"))))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void takesAnyNameThatCanTravelWhereIdsAreAssigned() throws Exception {
        exchange.setProperty(LabExchange.NAMING, LabExchange.ASSIGN);
        judge(Files.createFile(folder.resolve("Probe 7 \u00FC.csv")));
        assertThat(LabExchange.droppedName(exchange).messageId()).isNull();
        assertRefused(Files.createFile(folder.resolve("Probe 7 u\u0308.csv")), Refusal.Code.BAD_NAME);
    }

    @Test
    void refusesAPipe() throws Exception {
        Path pipe = folder.resolve("FL-LAB_DAT_20251008_001.csv");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertRefused(pipe, Refusal.Code.BAD_FILE);
    }

    @Test
    void refusesAFileThatItMayNotRead() throws Exception {
        Path file = Files.createFile(folder.resolve("FL-LAB_DAT_20251008_001.csv"));
        Files.setPosixFilePermissions(file, Set.of());
        assumeTrue(!Files.isReadable(file), "needs a user who may not read every file");

        assertRefused(file, Refusal.Code.BAD_FILE);
    }

    @Test
    void doesNotCallAFileThatIsGoneALink() {
        assertThatThrownBy(() -> judge(folder.resolve("FL-LAB_DAT_20251008_001.csv")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void refusesALinkThoughItsTargetIsAFile() throws Exception {
        Path target = Files.createFile(folder.resolve("target"));
        assertRefused(
                Files.createSymbolicLink(folder.resolve("FL-LAB_DAT_20251008_001.csv"), target), Refusal.Code.BAD_FILE);
    }
}
