package io.saddlebag.bench.command;

import io.saddlebag.bench.files.FilesReport;
import io.saddlebag.bench.files.FilesRun;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench files}: how fast files go from a drop folder to the outboxes, and whether they are what was dropped. */
@Command(
        name = "files",
        description =
                "Run a laboratory, headquarters and one to three centres as processes, drop all files together and"
                        + " measure until the last one is in the last outbox. Then compare every payload by its digest.",
        exitCodeList = {"0:every file arrived as it was dropped", "1:it failed, or a file is wrong", "2:wrong usage"})
final class FilesCommand implements Callable<Integer> {
    @Option(names = "--files", defaultValue = "1000", description = "How many; ${DEFAULT-VALUE}.")
    private int files;

    @Option(
            names = "--size",
            split = ",",
            defaultValue = "1024",
            paramLabel = "BYTES",
            description = "Bytes of each; the files have several sizes in turn. ${DEFAULT-VALUE}.")
    private List<Long> sizes;

    @Option(names = "--recipients", defaultValue = "1", description = "Centres that receive each; ${DEFAULT-VALUE}.")
    private int recipients;

    @Option(
            names = "--warm-up",
            defaultValue = "100",
            description = "Files that go before the clock runs, of at most 1 MiB; ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--cuts",
            defaultValue = "0",
            description = "How often the laboratory's connection is cut while it sends a single file, and then the"
                    + " first centre's while it receives; ${DEFAULT-VALUE}.")
    private int cuts;

    @Option(
            names = "--sent",
            defaultValue = "0",
            paramLabel = "MESSAGES",
            description = "Messages of long ago that the laboratory's journal is filled with; ${DEFAULT-VALUE}.")
    private long sent;

    @Option(
            names = "--waiting",
            defaultValue = "0",
            paramLabel = "FILES",
            description =
                    "Files that lie in the drop folder when the laboratory starts. The warm-up and the files that are"
                            + " measured are the first of them to arrive then; ${DEFAULT-VALUE}.")
    private int waiting;

    @Mixin
    private SiteOptions sites;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws Exception {
        run.require(files >= 1, "--files of at least 1", files);
        for (long size : sizes) {
            run.require(size >= 0, "--size of at least 0", size);
        }
        run.require(recipients >= 1 && recipients <= 3, "--recipients of 1 to 3", recipients);
        run.require(warmUp >= 0, "--warm-up of at least 0", warmUp);
        run.require(cuts >= 0, "--cuts of at least 0", cuts);
        run.require(cuts == 0 || files == 1, "--files 1 where there are --cuts", files);
        run.require(sent >= 0, "--sent of at least 0", sent);
        run.require(
                waiting == 0 || waiting >= files + warmUp && cuts == 0,
                "--waiting of at least the files and the warm-up together, and no --cuts",
                waiting);
        FilesRun.Load load = new FilesRun.Load(files, sizes, recipients, warmUp, cuts, sent, waiting);
        return run.run(
                folder -> new FilesRun(folder, load, sites.hqJava(), sites.siteJava()).run(sites.patience()),
                FilesReport::table,
                report -> report.wrong() == 0);
    }
}
