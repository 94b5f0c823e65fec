package io.saddlebag.lab.drop;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.files.tree.FolderWalk;
import io.saddlebag.lab.bag.BagCheck;
import io.saddlebag.lab.claim.Dropped;
import io.saddlebag.message.Printable;
import io.saddlebag.message.Refusal;
import java.io.IOException;
import java.util.Objects;

/** Refuses a claimed folder that cannot travel: for what is in it, its size, or because it is no bag but was to be one. */
public final class FolderJudge {
    private final FolderLimits limits;

    public FolderJudge(FolderLimits limits) {
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
