package io.saddlebag.site;

import io.saddlebag.files.tree.FolderLimits;
import io.saddlebag.identity.Trust;
import io.saddlebag.message.SiteId;
import io.saddlebag.site.Setting.Kind;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.StompFrame;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.tlog.SeenLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The settings of each site that has a link to headquarters, a laboratory or a centre, with their meanings and defaults. */
public final class LinkedSiteSettings {
    private static final String HQ_HOST = "hq.host";
    private static final String HQ_PORT = "hq.port";
    private static final String HQ_ADDRESSES = "hq.addresses";
    private static final String HQ_ID = "hq.id";
    private static final String RECONNECT_MAX = "hq.reconnect-max";
    private static final String HEART_BEAT = "hq.heart-beat";
    private static final String ANSWER = "hq.answer-within";
    private static final String FOLDER_ENTRIES = "folder-message.max-entries";
    private static final String FOLDER_DEPTH = "folder-message.max-depth";
    private static final String FOLDER_BYTES = "folder-message.max-bytes";

    private static final List<Setting> COMMON = List.of(
            Setting.required(OwnIdentity.SITE_ID, Kind.SITE_ID, "This site's id, as its certificates name it."),
            Setting.required(
                            HQ_HOST,
                            Kind.HOST,
                            "Where headquarters listens: a host name or address. Several go into hq.addresses.")
                    .unless(HQ_ADDRESSES),
            Setting.required(HQ_PORT, Kind.PORT, "Where headquarters listens: the TCP port.")
                    .atLeast("1")
                    .unless(HQ_ADDRESSES),
            Setting.optional(
                    HQ_ADDRESSES,
                    Kind.ADDRESSES,
                    "",
                    "Where the nodes of headquarters listen, in the place of hq.host and hq.port."),
            Setting.optional(HQ_ID, Kind.SITE_ID, "DC-HQ", "The site that must answer there; any other is refused."),
            Setting.optional(
                            RECONNECT_MAX,
                            Kind.DURATION,
                            "5s",
                            "The longest pause between two attempts to reach headquarters; the first is a quarter of a second.")
                    .atLeast("1ms"),
            Setting.optional(
                    HEART_BEAT,
                    Kind.DURATION,
                    "10s",
                    "How often each end of the connection is to be heard, unless headquarters says more seldom; after"
                            + " twice that it is given up. 0s for never."),
            Setting.optional(
                            ANSWER,
                            Kind.DURATION,
                            "5m",
                            "How long headquarters' answer to a frame may take; after that the connection is closed and"
                                    + " made anew.")
                    .atLeast("1s"),
            Setting.optional(
                    FOLDER_ENTRIES,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxEntries()),
                    "How many files and folders a message that is a folder may hold; one with more is refused."),
            Setting.optional(
                    FOLDER_DEPTH,
                    Kind.COUNT,
                    Integer.toString(FolderLimits.USUAL.maxDepth()),
                    "How deep folders may lie in such a message."),
            Setting.optional(
                    FOLDER_BYTES,
                    Kind.BYTES,
                    (FolderLimits.USUAL.maxBytes() >> 30) + "GiB",
                    "How large the files of such a message may be together."),
            Setting.optional(
                    "my.*", Kind.TEXT, "", "A value of the integrator's own, which routes name as {{my.NAME}}."),
            FolderSyncs.SETTING,
            PostQuantumTls.SETTING,
            OwnIdentity.PASSPHRASE_FILE,
            OwnIdentity.LIST_REQUIRED,
            OwnIdentity.LIST_ALARM,
            OwnIdentity.LIST_STALE_AFTER);

    private LinkedSiteSettings() {}

    /** These and the settings that only this kind of site has. */
    public static List<Setting> and(Setting... own) {
        List<Setting> all = new ArrayList<>(COMMON);
        all.addAll(List.of(own));
        return List.copyOf(all);
    }

    /** The site that must answer. */
    public static SiteId headquarters(Settings settings) throws SiteStartException {
        return settings.siteId(HQ_ID);
    }

    /** Headquarters has several addresses: one node may show what is older than another has shown. */
    public static boolean hasNodes(Settings settings) {
        return settings.addresses(HQ_ADDRESSES).size() > 1;
    }

    /** Headquarters' proof log, from where the last run saw it. */
    public static SeenLog seenLog(
            Settings settings, Trust trust, Function<StompFrame, CompletableFuture<StompFrame>> link)
            throws SiteStartException, IOException {
        SeenLog seen = new SeenLog(settings.home().folder(), trust, headquarters(settings), hasNodes(settings), link);
        seen.open();
        return seen;
    }

    /** @throws SiteStartException when TLS cannot be as post-quantum as it is to be */
    public static LinkOptions link(Settings settings) throws SiteStartException {
        List<HostAndPort> several = settings.addresses(HQ_ADDRESSES);
        List<HostAndPort> addresses =
                several.isEmpty() ? List.of(new HostAndPort(settings.host(HQ_HOST), settings.port(HQ_PORT))) : several;
        return LinkOptions.to(settings.siteId(HQ_ID), addresses)
                .withLongestDelay(settings.duration(RECONNECT_MAX))
                .withHeartBeat(settings.duration(HEART_BEAT))
                .withAnswer(settings.duration(ANSWER))
                .withPostQuantum(PostQuantumTls.isRequired(settings));
    }

    /** @throws SiteStartException when nothing at all would be allowed */
    public static FolderLimits folderLimits(Settings settings) throws SiteStartException {
        try {
            return new FolderLimits(
                    settings.count(FOLDER_ENTRIES), settings.count(FOLDER_DEPTH), settings.bytes(FOLDER_BYTES));
        } catch (IllegalArgumentException e) {
            throw new SiteStartException(settings.home().settingsFile() + ": folder-message.*: " + e.getMessage(), e);
        }
    }
}
