package io.saddlebag.observe;

import io.saddlebag.observe.SiteStatus.Alert;
import java.util.List;

/** Finds the alerts of a status that has none yet. */
@FunctionalInterface
public interface StatusJudge {
    List<Alert> judge(SiteStatus status);
}
