package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.saddlebag.check.kind.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The worked examples of checks in docs/integrators.md, each with a good and a bad content, and the table of options. */
class ChecksPageTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n# checks/([a-z0-9]+)[.]yaml\n(.*?)```");
    private static final String READS = "@r1\nACGT\n+\nIIII\n";
    private static final String VCF =
            "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t1\t.\tA\tG\t.\t.\t.\n";
    private static final String HL7 = "BHS|^~\\&\rMSH|^~\\&|||||||ORU^R01|1|P|2.5.1\rBTS|1\r";

    @TempDir
    private Path home;

    private final Map<String, String> examples = new TreeMap<>();

    @BeforeEach
    void read() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "integrators.md"));
        EXAMPLE.matcher(page).results().forEach(each -> examples.put(each.group(1), each.group(2)));
        Files.createDirectory(home.resolve("checks"));
        Files.writeString(
                home.resolve("checks/results.schema.json"), "{\"type\": \"object\", \"required\": [\"sample\"]}");
        Files.writeString(
                home.resolve("checks/profile.json"),
                "{\"BagIt-Profile-Info\": {}, \"Manifests-Required\": [\"sha256\"]}");
    }

    private void file(String kind, String name, byte[] good, byte[] bad, String fault) throws IOException {
        String yaml = examples.remove(kind);
        assertThat(Checked.faults(yaml, name, good, home)).as(kind).isEmpty();
        assertThat(Checked.faults(yaml, name, bad, home)).as(kind).containsExactly(fault);
    }

    private void file(String kind, String name, String good, String bad, String fault) throws IOException {
        file(kind, name, good.getBytes(), bad.getBytes(), fault);
    }

    private void folder(String kind, Path good, Path bad, String fault) throws IOException {
        String yaml = examples.remove(kind);
        assertThat(Checked.faultsOfFolder(yaml, good, home)).as(kind).isEmpty();
        assertThat(Checked.faultsOfFolder(yaml, bad, home)).as(kind).containsExactly(fault);
    }

    @Test
    void runsEachExampleWithAGoodAndABadContent() throws IOException {
        assertThat(examples.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        CheckFile.KINDS.stream().map(CheckFile.Kind::name).toList());
        String rows = "sample,taken,value,unit\nS0001,2025-10-08,1.5,mg\n";
        file(
                "csv",
                "a.csv",
                rows,
                rows + "S0002,08.10.2025,2,ml\n",
                "row 3, column 2: expected a date such as 2025-10-08 (taken)");
        file("json", "a.json", "{\"sample\": 1}", "{}", "expected what /required of the schema asks for");
        file(
                "hl7",
                "a.hl7",
                HL7,
                HL7.replace("BTS|1", "BTS|2"),
                "row 3, column 1: expected the number of messages in the batch, 1");
        file("fastq", "a.fastq.gz", Checked.gzip(READS), READS.getBytes(), "expected gzip data");
        file(
                "vcf",
                "a.vcf",
                VCF,
                VCF.replace("\t1\t.", "\tx\t."),
                "row 3, column 2: expected a position, a whole number");
        file(
                "dicom",
                "a.dcm",
                DicomFiles.file(DicomFiles.EXPLICIT, "STUDY1-0001", "1.2", "YES"),
                DicomFiles.file(DicomFiles.EXPLICIT, "STUDY1-0001", "1.2", "NO"),
                "expected PatientIdentityRemoved (0012,0062) to be YES");
        Path bag = Checked.folder(home.resolve("bag"), "bagit.txt", "BagIt-Version: 1.0\n", "manifest-sha256.txt", "");
        Path md5 = Checked.folder(home.resolve("md5"), "bagit.txt", "BagIt-Version: 1.0\n", "manifest-md5.txt", "");
        folder("bag", bag, md5, "expected the file manifest-sha256.txt, found none");
        Path run = Checked.folder(home.resolve("run"), "SampleSheet.csv", "");
        Files.createDirectory(run.resolve("reads"));
        Files.write(run.resolve("reads/a.fastq.gz"), Checked.gzip(READS));
        Path cut = Checked.folder(home.resolve("cut"), "SampleSheet.csv", "", "reads/a.fastq.gz", READS);
        folder("folder", run, cut, "reads/a.fastq.gz: expected gzip data");
        command();
        assertThat(examples).isEmpty();
    }

    /** With a program in place of the scanner, and as this user unless it is root. */
    private void command() throws IOException {
        Path folder = Files.createTempDirectory(
                "saddlebag-check", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path program = folder.resolve("scan");
        try {
            Files.writeString(program, "#!/bin/sh\n! grep -q EICAR\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            String yaml = examples.get("command").replace("/usr/local/libexec/scan", program.toString());
            assertThat(yaml).contains(program.toString());
            boolean isRoot = System.getProperty("user.name").equals("root");
            examples.put("command", isRoot ? yaml : yaml.replace("  user: nobody\n", ""));
            file("command", "a.bin", "harmless", "EICAR", "expected scan to find no fault");
        } finally {
            Files.deleteIfExists(program);
            Files.delete(folder);
        }
    }

    @Test
    void theSchemaTakesEachExampleAndRefusesAWrongKey() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(mapper.<JsonNode>valueToTree(CheckSchema.schema()));
        Load load = new Load(LoadSettings.builder().build());

        examples.forEach((kind, yaml) -> {
            assertThat(schema.validate(mapper.<JsonNode>valueToTree(load.loadFromString(yaml))))
                    .as(kind)
                    .isEmpty();
            String wrong = yaml.replace("kind: " + kind, "kind: " + kind + "\n  colums: 1");
            assertThat(schema.validate(mapper.<JsonNode>valueToTree(load.loadFromString(wrong))))
                    .as(kind)
                    .isNotEmpty();
        });
    }

    @Test
    void listsEachOption() throws IOException {
        List<String> expected = new ArrayList<>();
        for (CheckFile.Kind kind : CheckFile.KINDS) {
            for (Option option : kind.options()) {
                expected.add(row(kind.name(), option.name(), option));
                option.fields()
                        .forEach(field -> expected.add(row(kind.name(), option.name() + ": " + field.name(), field)));
            }
        }
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "integrators.md"));
        int heading = lines.indexOf("| kind | option | default | description |");
        List<String> found = lines.subList(heading + 2, lines.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .toList();

        assertThat(found).containsExactlyElementsOf(expected);
    }

    private static String row(String kind, String name, Option option) {
        String usual = option.isRequired() ? "required" : option.usual() == null ? "-" : option.usual();
        String choices = option.choices().isEmpty() ? "" : " (" + String.join(", ", option.choices()) + ")";
        return "| `" + kind + "` | `" + name + "` | `" + usual + "` | " + option.description() + choices + " |";
    }
}
