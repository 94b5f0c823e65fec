package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kinds fastq and vcf, plain and as gzip. */
class PackedChecksTest {
    private static final String READS = "@r1 x\nACGTN\n+\nIIIII\n@r2\nA\n+r2\n!\n";
    private static final String VCF = """
        ##fileformat=VCFv4.3
        ##contig=<ID=1>
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
        1\t100\trs1\tA\tG,<DEL>\t30.5\tPASS\tDP=3\tGT\t0/1
        1\t200\t.\tAC\t.\t.\t.\t.\tGT\t0/0
        """;
    /** The empty block that ends BGZF (the SAM specification, section 4.1.2). */
    private static final byte[] BGZF_END =
            HexFormat.of().parseHex("1f8b08040000000000ff0600424302001b0003000000000000000000");

    @TempDir
    private Path work;

    private List<String> fastq(byte[] content) throws IOException {
        return Checked.faults("- {kind: fastq}", "x.fastq", content, work);
    }

    private List<String> fastq(String content) throws IOException {
        return fastq(content.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> vcf(String content) throws IOException {
        return Checked.faults("- {kind: vcf}", "x.vcf", content.getBytes(StandardCharsets.UTF_8), work);
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            all.write(each);
        }
        return all.toByteArray();
    }

    /** A block of BGZF: gzip with the extra field BC. */
    private static byte[] block(String text) throws IOException {
        byte[] gzip = Checked.gzip(text);
        byte[] extra = HexFormat.of().parseHex("1f8b08040000000000ff060042430200ffff");
        return joined(extra, Arrays.copyOfRange(gzip, 10, gzip.length));
    }

    @Test
    void takesGoodReadsHoweverTheyArePacked() throws IOException {
        assertThat(fastq(READS)).isEmpty();
        assertThat(fastq(READS.replace("\n", "\r\n"))).isEmpty();
        assertThat(fastq(READS.strip())).isEmpty();
        assertThat(fastq(Checked.gzip(READS))).isEmpty();
        assertThat(fastq(joined(Checked.gzip(READS), Checked.gzip(READS)))).isEmpty();
        assertThat(fastq(joined(block(READS), BGZF_END))).isEmpty();
    }

    @Test
    void refusesReadsThatAreNotInFours() throws IOException {
        assertThat(fastq(READS + "@r3\nA\n"))
                .containsExactly("row 11: expected four lines of each read, found the end of the file");
        assertThat(fastq(READS.replace("ACGTN", "ACGT")))
                .containsExactly("row 4: expected as many qualities as the read has bases");
        assertThat(fastq(READS.replace("@r2", "r2"))).containsExactly("row 5: expected @ and the name of a read");
        assertThat(fastq(READS.replace("+r2", "-"))).containsExactly("row 7: expected a plus sign");
        assertThat(fastq(READS.replace("ACGTN", "AC TN"))).containsExactly("row 2: expected the bases of the read");
        assertThat(fastq("")).containsExactly("expected at least 1 reads, found 0");
    }

    @Test
    void refusesGzipThatIsNotWhole() throws IOException {
        byte[] whole = Checked.gzip(READS);
        byte[] flipped = whole.clone();
        flipped[flipped.length - 6] ^= 1;

        assertThat(fastq(Arrays.copyOf(whole, whole.length - 1)))
                .containsExactly("expected gzip data to its end; it is cut short");
        assertThat(fastq(Arrays.copyOf(whole, 5))).containsExactly("expected gzip data to its end; it is cut short");
        assertThat(fastq(flipped)).containsExactly("expected gzip data whose checksum and length hold");
        assertThat(fastq(joined(whole, "more".getBytes()))).containsExactly("expected nothing behind the gzip data");
        assertThat(fastq(block(READS))).containsExactly("expected the empty block that ends BGZF; it is cut short");
        assertThat(Checked.faults("- {kind: fastq, gzip: required}", "x", READS.getBytes(), work))
                .containsExactly("expected gzip data");
    }

    @Test
    void judgesRecordsOfVariants() throws IOException {
        assertThat(vcf(VCF)).isEmpty();
        assertThat(Checked.faults("- {kind: vcf}", "x.vcf.gz", Checked.gzip(VCF), work))
                .isEmpty();
        assertThat(vcf(VCF.replace("VCFv4.3", "VCF")))
                .containsExactly("row 1: expected ##fileformat=VCFv4. and a digit");
        assertThat(vcf(VCF.replace("\t100\t", "\tx\t")))
                .containsExactly("row 4, column 2: expected a position, a whole number");
        assertThat(vcf(VCF.replace("\tAC\t", "\tA1\t")))
                .containsExactly("row 5, column 4: expected the bases of the reference");
        assertThat(vcf(VCF.replace("\t0/0", "")))
                .containsExactly("row 5: expected 10 columns, as many as the header has");
        assertThat(vcf("##fileformat=VCFv4.2\n"))
                .containsExactly("expected a line that begins with #CHROM, found none");
        assertThat(vcf(VCF.replaceAll("#CHROM.*\n", "")))
                .containsExactly("row 3: expected the header, a line that begins with #CHROM, before the first record");
    }
}
