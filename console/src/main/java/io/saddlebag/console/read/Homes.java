package io.saddlebag.console.read;

import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The homes that this console was started with, in the order of its options. */
public final class Homes implements AutoCloseable {
    private final List<ConsoledHome> all;
    private final List<HqReader> headquarters;

    private Homes(List<ConsoledHome> all) {
        this.all = all;
        this.headquarters = all.stream()
                .filter(ConsoledHome::isHeadquarters)
                .map(HqReader::new)
                .toList();
    }

    /** @throws SiteStartException when a folder is no home, or two homes are of one site */
    public static Homes open(List<Path> folders) throws IOException, SiteStartException {
        List<ConsoledHome> homes = new ArrayList<>();
        for (Path folder : folders) {
            ConsoledHome home = ConsoledHome.of(folder);
            for (ConsoledHome other : homes) {
                if (other.site().equals(home.site())) {
                    throw new SiteStartException(home.home().folder() + ": expected each site once, found "
                            + home.site() + " also in " + other.home().folder() + ". Name one of them");
                }
            }
            homes.add(home);
        }
        return new Homes(List.copyOf(homes));
    }

    public List<ConsoledHome> all() {
        return all;
    }

    /** @param site as a page's address names it; null for none */
    public Optional<ConsoledHome> of(String site) {
        return all.stream().filter(home -> home.site().value().equals(site)).findFirst();
    }

    public List<HqReader> headquarters() {
        return headquarters;
    }

    /** @param site as a page's address names it; null for none */
    public Optional<HqReader> headquarters(String site) {
        return headquarters.stream()
                .filter(reader -> reader.home().site().value().equals(site))
                .findFirst();
    }

    /** Changes when a site writes its status. */
    public String mark() {
        StringBuilder mark = new StringBuilder();
        for (ConsoledHome home : all) {
            HomeState.lastWritten(home).ifPresent(mark::append);
            mark.append('|');
        }
        return mark.toString();
    }

    @Override
    public void close() {
        headquarters.forEach(HqReader::close);
    }
}
