package io.saddlebag.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.message.Refusal;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeDropTest {
    @TempDir
    Path folder;

    private final JudgeDrop judge = new JudgeDrop(TestLab.SITE);
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private void judge(Path file) {
        GenericFile<File> dropped = new GenericFile<>();
        dropped.setAbsoluteFilePath(file.toString());
        exchange.getIn().setBody(dropped);
        judge.process(exchange);
    }

    private void assertRefused(Path file, Refusal.Code code) {
        assertThatThrownBy(() -> judge(file))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
        assertThat(LabExchange.dropped(exchange)).isEqualTo(file);
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
    void refusesALinkThoughItsTargetIsAFile() throws Exception {
        Path target = Files.createFile(folder.resolve("target"));
        assertRefused(
                Files.createSymbolicLink(folder.resolve("FL-LAB_DAT_20251008_001.csv"), target), Refusal.Code.BAD_FILE);
    }
}
