package io.saddlebag.observe.alert;

import io.saddlebag.observe.ObserveSettings;
import io.saddlebag.site.Settings;
import java.time.Duration;

/**
 * The limits that alerts are judged by.
 *
 * @param after how long a passing state must last before its alert begins
 * @param waiting the age of the oldest file or delivery
 * @param storageLow bytes that are to stay free
 * @param certificateEnds before the end of a certificate
 * @param backupAge of the last good back-up
 * @param siteAway without a connection, at headquarters
 */
public record AlertLimits(
        Duration after,
        Duration waiting,
        long storageLow,
        Duration certificateEnds,
        Duration backupAge,
        Duration siteAway) {
    public static AlertLimits of(Settings settings) {
        return new AlertLimits(
                settings.duration(ObserveSettings.AFTER),
                settings.duration(ObserveSettings.WAITING),
                settings.bytes(ObserveSettings.STORAGE_LOW),
                settings.duration(ObserveSettings.CERTIFICATE_ENDS),
                settings.duration(ObserveSettings.BACKUP_AGE),
                settings.duration(ObserveSettings.SITE_AWAY));
    }
}
