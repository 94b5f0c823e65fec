package io.saddlebag.hq.frames;

import io.saddlebag.hq.session.HqProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * What the frame's route is chosen by: whether {@link NameAction} named this action. A comparison of two words; the same
 * said in the simple language costs more than all else that happens to an acknowledgement.
 */
public final class IsAction implements Predicate {
    private final String action;

    public IsAction(String action) {
        this.action = action;
    }

    /** The predicates of all actions by the name that routes refer to them by, such as {@code isPublish}. */
    public static Map<String, IsAction> all() {
        Map<String, IsAction> all = new LinkedHashMap<>();
        all.put("isPublish", new IsAction("publish"));
        all.put("isPart", new IsAction("part"));
        all.put("isAcknowledge", new IsAction("acknowledge"));
        all.put("isReject", new IsAction("reject"));
        all.put("isSubscribe", new IsAction("subscribe"));
        all.put("isUnsubscribe", new IsAction("unsubscribe"));
        all.put("isRegisterKeys", new IsAction("register-keys"));
        all.put("isFollowKeys", new IsAction("follow-keys"));
        all.put("isFollowReceipts", new IsAction("follow-receipts"));
        all.put("isAskReceipts", new IsAction("ask-receipts"));
        all.put("isFollowChain", new IsAction("follow-chain"));
        all.put("isAskChain", new IsAction("ask-chain"));
        return all;
    }

    @Override
    public boolean matches(Exchange exchange) {
        return action.equals(exchange.getProperty(HqProperties.ACTION));
    }

    @Override
    public String toString() {
        return "is " + action;
    }
}
