package io.saddlebag.site;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects all faults for which a start would end at the first. For one thread. */
public final class SiteCheck {
    private final Set<String> faults = new LinkedHashSet<>();

    /** One of the judgements of a start. */
    @FunctionalInterface
    public interface Judgement<T> {
        T make() throws SiteStartException, IOException;
    }

    /** A judgement without a result. */
    @FunctionalInterface
    public interface Requirement {
        void hold() throws SiteStartException, IOException;
    }

    /** The result; empty after a fault, which is kept. */
    public <T> Optional<T> judge(Judgement<T> judgement) {
        try {
            return Optional.of(judgement.make());
        } catch (SiteStartException | IOException e) {
            String.valueOf(e.getMessage()).lines().forEach(faults::add);
            return Optional.empty();
        }
    }

    /** As {@link #judge}, without a result. */
    public void require(Requirement requirement) {
        judge(() -> {
            requirement.hold();
            return true;
        });
    }

    /** A line a fault: the file, with a line where there is one, what was expected, what was found, what to do. */
    public List<String> faults() {
        return List.copyOf(faults);
    }
}
