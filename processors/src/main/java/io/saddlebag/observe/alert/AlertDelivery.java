package io.saddlebag.observe.alert;

import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import java.io.IOException;
import java.util.Optional;

/** Hands alerts to whoever is to know them. */
interface AlertDelivery {
    /**
     * Hands over one JSON text. Blocks, for a minute or two at most.
     *
     * @throws IOException when it was not taken, or not for certain
     */
    void deliver(byte[] json) throws IOException, InterruptedException;

    /**
     * The one that the settings name; empty when they name none.
     *
     * @throws SiteStartException when they name two, or one that cannot work
     */
    static Optional<AlertDelivery> of(Settings settings) throws SiteStartException {
        boolean isWebhook = !settings.text(ObserveSettings.WEBHOOK).isEmpty();
        boolean isCommand = !settings.text(ObserveSettings.COMMAND).isEmpty();
        if (isWebhook && isCommand) {
            throw new SiteStartException(settings.home().settingsFile() + ": expected " + ObserveSettings.WEBHOOK
                    + " or " + ObserveSettings.COMMAND + ", found both. Remove one of them");
        }
        return isWebhook
                ? Optional.of(WebhookDelivery.of(settings))
                : isCommand ? Optional.of(CommandDelivery.of(settings)) : Optional.empty();
    }
}
