package io.saddlebag.cli.doctor;

import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.message.Printable;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.PeerClock;
import io.saddlebag.stomp.StompConnection;
import io.saddlebag.stomp.client.HqComponent;
import io.saddlebag.stomp.client.LinkOptions;
import io.saddlebag.stomp.client.StompClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;

/** The way to headquarters: its name, TLS with this site's own certificate, and its clock. The site may run meanwhile. */
final class LinkExam {
    private static final Duration SLOW_NAME = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final double MILLIS = 1000;
    private static final String CLOCK = "clock";

    private final SiteIdentity identity;
    private final LinkOptions options;
    private final Duration patience;

    LinkExam(SiteIdentity identity, LinkOptions options, Duration patience) {
        this.identity = identity;
        this.options = options;
        this.patience = patience;
    }

    /** One of several addresses that does not answer is no more than a warning while another does. */
    List<Finding> findings() {
        List<List<Finding>> all =
                options.addresses().stream().map(this::findings).toList();
        boolean isReached = all.stream().anyMatch(found -> found.stream().noneMatch(LinkExam::isFault));
        return all.stream()
                .flatMap(List::stream)
                .map(each -> isReached && isFault(each) && !each.subject().equals(CLOCK)
                        ? Finding.warn(each.subject(), each.found(), each.remedy())
                        : each)
                .toList();
    }

    private static boolean isFault(Finding finding) {
        return finding.level() == Finding.Level.FAIL;
    }

    private List<Finding> findings(HostAndPort address) {
        List<Finding> findings = new ArrayList<>();
        if (name(address.host().value(), findings)) {
            connect(options.at(address), findings);
        }
        return findings;
    }

    private static boolean name(String host, List<Finding> findings) {
        long begun = System.nanoTime();
        try {
            InetAddress[] addresses = InetAddress.getAllByName(host);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            String found = host + " is "
                    + Stream.of(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            findings.add(
                    took.compareTo(SLOW_NAME) > 0
                            ? Finding.warn(
                                    "name",
                                    found + ", after " + took.toMillis() + " ms",
                                    "Look at this machine's name servers")
                            : Finding.ok("name", found));
            return true;
        } catch (UnknownHostException e) {
            findings.add(Finding.fail(
                    "name",
                    "no address of " + Printable.of(host),
                    "Correct hq.host or hq.addresses, or have the name server know it"));
            return false;
        }
    }

    private void connect(LinkOptions address, List<Finding> findings) {
        StompClient client = new StompClient(identity, address);
        CompletableFuture<StompConnection> connected = new CompletableFuture<>();
        client.onConnected(connected::complete);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            context.addComponent(HqComponent.SCHEME, new HqComponent(client));
            long begun = System.nanoTime();
            context.start();
            StompConnection connection = connected.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            findings.add(Finding.ok(
                    "connection",
                    "TLS to " + connection.peer() + " at " + connection.remoteAddress() + " in "
                            + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms"));
            findings.add(client.serverClock().map(this::clock).orElseGet(() -> Finding.ok(CLOCK, "not told")));
        } catch (TimeoutException | ExecutionException e) {
            findings.add(Finding.fail(
                    "connection",
                    options.server() + " at " + address.place() + " cannot be reached: "
                            + Printable.reason(client.lastFault()),
                    "See no connection to in the runbook of docs/operators.md"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Finding clock(PeerClock found) {
        double seconds = found.ahead().toMillis() / MILLIS;
        String text = String.format(
                Locale.ROOT,
                "the clock of %s is %.1f s %s, to within %.1f s",
                options.server(),
                Math.abs(seconds),
                seconds < 0 ? "behind" : "ahead",
                found.within().toMillis() / MILLIS);
        String remedy = "Have the time service set the clock that is wrong; a ttl counts by headquarters'";
        if (found.differs()) {
            return Finding.fail(CLOCK, text, remedy);
        }
        return found.ahead().abs().minus(found.within()).compareTo(CLOSE) > 0
                ? Finding.warn(CLOCK, text, remedy)
                : Finding.ok(CLOCK, text);
    }
}
