package io.saddlebag.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.bench.chaos.fault.SmallDisk;
import io.saddlebag.bench.chaos.fault.Target;
import io.saddlebag.cli.home.ScenarioHomes;
import io.saddlebag.lab.receipts.SentReceipts;
import io.saddlebag.message.Sha256;
import io.saddlebag.site.SiteHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds every dropped file against every folder of every site, by name and digest. */
public final class FolderCheck {
    private static final String FACTS_SUFFIX = ".message.json";
    /** By which a store knows its home. */
    private static final String STORE_MARK = ".saddlebag-store";

    private static final String REASON_SUFFIX = ".reason.json";
    /** Why headquarters refuses a message whose id it has from the same sender with another manifest. */
    private static final String CONFLICT = "conflict";

    private static final String ACKNOWLEDGED = "acknowledged";

    private final ScenarioHomes homes;
    private final Excuses excuses;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * The faults found, a line each.
     *
     * @param lost files that are not where they have to be
     * @param duplicated files that are somewhere twice, or again after they were taken away
     * @param corrupt files with other bytes, or facts that are not theirs
     * @param failed files that were refused or dead-lettered
     * @param others everything else that should not be
     */
    public record Findings(
            Set<String> lost, Set<String> duplicated, Set<String> corrupt, Set<String> failed, Set<String> others) {
        public Findings() {
            this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }

        boolean isClean() {
            return lost.isEmpty() && duplicated.isEmpty() && corrupt.isEmpty() && failed.isEmpty() && others.isEmpty();
        }
    }

    /** @param excuses of files whose ends may be others */
    public FolderCheck(ScenarioHomes homes, Excuses excuses) {
        this.homes = homes;
        this.excuses = excuses;
    }

    /** Where a file lies that its laboratory did not send. */
    private Path refused(DroppedFile file) {
        return homes.home(file.sender()).resolve("failed").resolve(file.fileName());
    }

    /** True when no file waits at a lab any more. */
    public boolean isSettled() throws IOException {
        for (Target lab : Target.LABS) {
            SiteHome home = home(lab);
            if (!filesBelow(home.resolve("drop")).isEmpty()
                    || !filesBelow(home.work()).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the files away whose laboratory has the signed receipt of each recipient; returns how many are left. A dead
     * letter has no receipt.
     */
    public int withoutReceipts(List<DroppedFile> waiting) throws IOException {
        for (Iterator<DroppedFile> each = waiting.iterator(); each.hasNext(); ) {
            if (isReceipted(each.next())) {
                each.remove();
            }
        }
        return waiting.size();
    }

    private boolean isReceipted(DroppedFile file) throws IOException {
        Path receipts = homes.home(file.sender()).resolve("sent").resolve(file.messageId() + SentReceipts.SUFFIX);
        if (excuses.isSentTwice(file) && Files.exists(refused(file))) {
            return true;
        }
        int acknowledged = 0;
        JsonNode told = Files.exists(receipts) ? json.readTree(receipts.toFile()) : json.createObjectNode();
        for (JsonNode recipient : told.path("recipients")) {
            if (recipient.path("state").asText().equals(ACKNOWLEDGED) && recipient.has("receipt")) {
                acknowledged++;
            }
        }
        long dead = file.recipients().stream()
                .filter(centre -> excuses.isDeadLetter(file, centre))
                .count();
        return acknowledged + dead == file.recipients().size();
    }

    /** Looks at every folder; when everything has stopped. */
    public void run(List<DroppedFile> dropped, Consumers consumers, Findings findings) throws IOException {
        findings.others().addAll(consumers.oddities());
        for (Target lab : Target.LABS) {
            checkLab(lab, dropped, findings);
        }
        for (Target centre : Target.CENTRES) {
            checkCentre(centre, dropped, consumers, findings);
        }
    }

    private void checkLab(Target lab, List<DroppedFile> dropped, Findings findings) throws IOException {
        SiteHome home = home(lab);
        Map<String, Set<String>> placesByName = new HashMap<>();
        Set<String> repeats = repeats(lab, dropped);
        for (String folder : List.of("drop", "work", "sent", "failed")) {
            for (Path file : filesBelow(home.resolve(folder))) {
                String place = home.folder().relativize(file).toString();
                if (place.startsWith("sent/") && place.contains(SentReceipts.SUFFIX)) {
                    continue;
                }
                if (repeats.contains(place)) {
                    continue;
                }
                if (folder.equals("failed")) {
                    findings.failed().add(lab.site() + " " + place);
                } else if (folder.equals("work")) {
                    findings.others().add(lab.site() + " left " + place);
                }
                placesByName
                        .computeIfAbsent(file.getFileName().toString(), name -> new TreeSet<>())
                        .add(place);
            }
        }
        for (DroppedFile file : dropped) {
            if (file.lab() == lab) {
                Set<String> places = placesByName.getOrDefault(file.fileName(), Set.of());
                placesByName.remove(file.fileName());
                if (places.isEmpty() && repeats.contains("failed/" + file.fileName())) {
                    continue;
                }
                checkPlaces(file, places, findings);
            }
        }
        placesByName.values().forEach(places -> findings.duplicated().add(lab.site() + " holds also " + places));
    }

    /** Files in failed/ that headquarters had already, because a restored laboratory sent them again. */
    private Set<String> repeats(Target lab, List<DroppedFile> dropped) throws IOException {
        Set<String> repeats = new HashSet<>();
        for (DroppedFile file : dropped) {
            if (file.lab() == lab && excuses.isSentTwice(file) && isRepeat(file)) {
                excuses.refused(file);
                repeats.add("failed/" + file.fileName());
                repeats.add("failed/" + file.fileName() + REASON_SUFFIX);
            }
        }
        return repeats;
    }

    private boolean isRepeat(DroppedFile file) throws IOException {
        Path refused = refused(file);
        Path reason = refused.resolveSibling(file.fileName() + REASON_SUFFIX);
        return Files.exists(refused)
                && Files.exists(reason)
                && digest(refused).equals(file.sha256())
                && json.readTree(reason.toFile()).path("code").asText().equals(CONFLICT);
    }

    private void checkPlaces(DroppedFile file, Set<String> places, Findings findings) throws IOException {
        if (places.isEmpty()) {
            findings.lost().add(file.fileName() + " is nowhere at its lab");
        } else if (places.size() > 1) {
            findings.duplicated().add(file.fileName() + " is at its lab in " + places);
        } else {
            String place = places.iterator().next();
            if (!place.startsWith("sent/")) {
                findings.lost().add(file.fileName() + " was not sent, it is in " + place);
            } else if (!digest(home(file.lab()).resolve(place)).equals(file.sha256())) {
                findings.corrupt().add(file.fileName() + " has other bytes in " + place);
            }
        }
    }

    private void checkCentre(Target centre, List<DroppedFile> dropped, Consumers consumers, Findings findings)
            throws IOException {
        Path outbox = home(centre).resolve("outbox");
        Set<Path> unknown = new HashSet<>(filesBelow(outbox));
        for (DroppedFile file : dropped) {
            Path standing = consumers.outbox(centre, file);
            Path folder = file.isTaken() ? consumers.taken(centre, file) : standing;
            boolean isExcused = excuses.isDeadLetter(file, centre) && !isAnyThere(file, folder);
            if (!file.recipients().contains(centre) || isExcused) {
                continue;
            }
            boolean isThere = checkDelivery(centre, file, folder, findings);
            if (isThere && !file.isTaken() && !consumers.isAsSeen(centre, file)) {
                findings.duplicated().add(centre.site() + " " + file.fileName() + " was written over");
            }
            if (!file.isTaken()) {
                unknown.remove(standing.resolve(file.fileName()));
                unknown.remove(standing.resolve(file.messageId() + FACTS_SUFFIX));
            }
        }
        // A file that is there again after it was taken away was written twice; so was one of an unknown name.
        unknown.forEach(file -> findings.duplicated().add(centre.site() + " " + outbox.relativize(file)));
        filesBelow(home(centre).work())
                .forEach(file -> findings.others().add(centre.site() + " left " + file.getFileName() + " in work/"));
    }

    private static boolean isAnyThere(DroppedFile file, Path folder) {
        return Files.exists(folder.resolve(file.fileName()))
                || Files.exists(folder.resolve(file.messageId() + FACTS_SUFFIX));
    }

    /** Returns whether both files stand there. */
    private boolean checkDelivery(Target centre, DroppedFile file, Path folder, Findings findings) throws IOException {
        Path payload = folder.resolve(file.fileName());
        Path facts = folder.resolve(file.messageId() + FACTS_SUFFIX);
        String name = centre.site() + " " + file.fileName();
        if (!Files.exists(payload) || !Files.exists(facts)) {
            findings.lost().add(name + " is not there");
            return false;
        }
        if (!digest(payload).equals(file.sha256())) {
            findings.corrupt().add(name + " has other bytes");
        }
        JsonNode told = json.readTree(facts.toFile());
        if (!told.path("message_id").asText().equals(file.messageId())
                || !told.path("sha256").asText().equals(file.sha256().hex())
                || told.path("size").asLong() != file.size()) {
            findings.corrupt().add(name + " has facts that are not its own");
        }
        return true;
    }

    private SiteHome home(Target target) {
        return homes.home(target.site());
    }

    private static Sha256 digest(Path file) throws IOException {
        return Sha256.of(Files.readAllBytes(file));
    }

    /** All but the marks of stores; none where there is no such folder. */
    public static List<Path> filesBelow(Path folder) throws IOException {
        return Files.isDirectory(folder)
                ? SmallDisk.filesBelow(folder).stream()
                        .filter(file -> !file.endsWith(STORE_MARK))
                        .toList()
                : List.of();
    }
}
