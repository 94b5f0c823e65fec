package io.saddlebag.check.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.check.Checked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BagProfileCheckTest {
    private static final String PROFILE = """
        {"BagIt-Profile-Info": {"BagIt-Profile-Version": "1.4.0"},
         "Bag-Info": {"Source-Organization": {"required": true, "values": ["FL-LAB"]},
                      "Contact-Name": {"required": true, "repeatable": false}, "Bag-Count": {}},
         "Manifests-Required": ["sha256"], "Manifests-Allowed": ["sha256", "sha512"],
         "Allow-Fetch.txt": false, "Serialization": "forbidden", "Accept-BagIt-Version": ["1.0"],
         "Tag-Files-Required": ["meta/about.txt"], "Tag-Files-Allowed": ["meta/*"],
         "Payload-Files-Allowed": ["data/*.csv"]}
        """;

    @TempDir
    private Path home;

    @BeforeEach
    void profile() throws IOException {
        Files.createDirectory(home.resolve("checks"));
        Files.writeString(home.resolve("checks/p.json"), PROFILE);
    }

    private Path bag(String name, String... more) throws IOException {
        Path bag = Checked.folder(
                home.resolve(name),
                "bagit.txt",
                "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
                "bag-info.txt",
                "Source-Organization: FL-LAB\nContact-Name: A\n B\n",
                "manifest-sha256.txt",
                "",
                "meta/about.txt",
                "",
                "data/a.csv",
                "");
        return Checked.folder(bag, more);
    }

    private List<String> faults(Path bag) throws IOException {
        return Checked.faultsOfFolder("- {kind: bag, profile: checks/p.json}", bag, home);
    }

    @Test
    void takesABagOfTheProfile() throws IOException {
        assertThat(faults(bag("good"))).isEmpty();
    }

    @Test
    void judgesTagsManifestsAndFiles() throws IOException {
        Path bad = bag(
                "bad",
                "bagit.txt",
                "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
                "bag-info.txt",
                "Source-Organization: Mustermann\nContact-Name: A\ncontact-name: B\n",
                "manifest-md5.txt",
                "",
                "fetch.txt",
                "",
                "other.txt",
                "",
                "data/b.tmp",
                "");
        Files.delete(bad.resolve("manifest-sha256.txt"));
        Files.delete(bad.resolve("meta/about.txt"));

        assertThat(faults(bad))
                .containsExactlyInAnyOrder(
                        "bagit.txt: expected a BagIt-Version of [1.0]",
                        "bag-info.txt, row 1: expected a value of the tag source-organization that the profile names",
                        "bag-info.txt, row 3: expected the tag contact-name once",
                        "manifest-md5.txt: expected manifests of [sha256, sha512] alone",
                        "expected the file manifest-sha256.txt, found none",
                        "expected the file meta/about.txt, found none",
                        "fetch.txt: expected no such file",
                        "other.txt: expected files alone that the profile allows",
                        "data/b.tmp: expected files alone that the profile allows");
    }

    @Test
    void refusesWhatIsNoBag() throws IOException {
        assertThat(faults(Checked.folder(home.resolve("none"), "a.csv", "1")))
                .contains("expected the file bagit.txt of a bag, found none", "expected the tag contact-name");
        assertThat(Checked.faults("- {kind: bag, profile: checks/p.json}", "a", new byte[1], home))
                .containsExactly("expected a folder that is a bag, found a file");
    }

    @Test
    void refusesAProfileThatItDoesNotKnow() throws IOException {
        Files.writeString(home.resolve("checks/q.json"), PROFILE.replace("Allow-Fetch.txt", "Allow-Fetch"));
        Files.writeString(home.resolve("checks/r.json"), PROFILE.replace("forbidden", "required"));

        assertThat(Checked.faultsOf("- {kind: bag, profile: checks/q.json}", home))
                .singleElement()
                .asString()
                .contains("found Allow-Fetch. Correct it");
        assertThat(Checked.faultsOf("- {kind: bag, profile: checks/r.json}", home))
                .hasSize(1);
    }
}
