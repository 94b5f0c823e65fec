package io.saddlebag.lab;

import io.saddlebag.folder.Dropped;
import io.saddlebag.folder.FolderLimits;
import io.saddlebag.folder.FolderWalk;
import io.saddlebag.folder.bag.BagCheck;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.util.Objects;

/** Refuses a claimed folder that cannot travel: for what is in it, its size, or because it is no bag but was to be one. */
final class FolderJudge {
    private final FolderLimits limits;

    FolderJudge(FolderLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /** Reads no file of it. */
    void judge(Dropped folder) throws IOException {
        new FolderWalk(folder.claim(), limits).toEnd();
        boolean isToBeABag = folder.root().look(folder.bagMarker()) != null;
        if (isToBeABag && !BagCheck.isBag(folder.claim())) {
            throw new Refusal(
                    Refusal.Code.BAD_FILE,
                    "Expected a BagIt bag, since a marker "
                            + Printable.of(folder.bagMarker().getFileName().toString())
                            + " stood beside it, found no bagit.txt in it. Make it a bag, or use the marker .ready");
        }
    }
}
