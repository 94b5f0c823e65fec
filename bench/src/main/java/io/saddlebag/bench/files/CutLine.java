package io.saddlebag.bench.files;

import io.saddlebag.bench.chaos.fault.FaultyProxy;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.SiteId;
import java.io.IOException;
import java.util.function.ToLongFunction;

/**
 * A site's connection that is cut at even distances, with a count of its bytes. Measured first is what an uncut line
 * carries for a number of bytes; all that a cut line carries beyond was sent twice. For one thread.
 */
final class CutLine implements AutoCloseable {
    private final SiteId site;
    private final FaultyProxy proxy;
    private final ToLongFunction<FaultyProxy> carried;
    private double perByte;
    private long start;
    private long bytes;
    private long distance;
    private int left;

    /** @param carried by the proxy in the direction that the files go in */
    private CutLine(SiteId site, FaultyProxy proxy, ToLongFunction<FaultyProxy> carried) {
        this.site = site;
        this.proxy = proxy;
        this.carried = carried;
    }

    /** @param port of headquarters */
    static CutLine sending(SiteId site, int port) throws IOException {
        return new CutLine(site, FaultyProxy.to(port), FaultyProxy::sent);
    }

    /** @param port of headquarters */
    static CutLine receiving(SiteId site, int port) throws IOException {
        return new CutLine(site, FaultyProxy.to(port), FaultyProxy::received);
    }

    SiteId site() {
        return site;
    }

    int port() {
        return proxy.port();
    }

    /** Begins to count. */
    void begin() {
        start = carried.applyAsLong(proxy);
    }

    /** Notes that this number of bytes of files was carried uncut since {@link #begin}. */
    void carriedUncut(long ofFiles) {
        perByte = (double) (carried.applyAsLong(proxy) - start) / ofFiles;
    }

    /** Arms a number of cuts over a number of bytes of files. */
    void cut(int times, long ofFiles) {
        begin();
        bytes = ofFiles;
        distance = ofFiles / (times + 1);
        left = times;
    }

    /** Has the next cut made when the last one was; to be called every now and then. */
    void goOn() {
        if (left > 0 && !proxy.isToCut()) {
            left--;
            proxy.cutAfter(distance);
        }
    }

    /** How many of the cuts were not made. */
    int cutsLeft() {
        return left + (proxy.isToCut() ? 1 : 0);
    }

    /** How much was sent twice, handshakes included, in parts. */
    double partsAgain() {
        return (carried.applyAsLong(proxy) - start - bytes * perByte) / Manifest.PART_SIZE;
    }

    @Override
    public void close() {
        proxy.close();
    }
}
