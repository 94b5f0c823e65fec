package io.saddlebag.hq.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.hq.queue.Outlet;
import io.saddlebag.message.KeyBundle;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.StompFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeysOutletTest {
    private final Client client = new Client();
    private final KeysOutlet keys = new KeysOutlet("k", client);

    private static RegisteredKeys version(int version) {
        KeyBundle bundle = new KeyBundle(
                Sha256.of(new byte[0]),
                SiteId.of("CA-RC"),
                version,
                null,
                List.of(new KeyBundle.Key(
                        "1",
                        "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
                        Instant.EPOCH,
                        Instant.parse("2100-01-01T00:00:00Z"))));
        return new RegisteredKeys(bundle, new byte[] {(byte) version});
    }

    @Test
    void sendsEachBundleToAClientThatReads() {
        keys.accept(version(1));
        keys.accept(version(2));
        assertThat(client.versions()).containsExactly("1", "2");
    }

    @Test
    void keepsTheNewestAloneForAClientThatDoesNotRead() {
        client.writable = false;
        for (int version = 1; version <= 100; version++) {
            keys.accept(version(version));
        }
        assertThat(client.frames).isEmpty();
        assertThat(client.waiting).hasSize(1);
        client.writable = true;
        client.waiting.iterator().next().run();
        assertThat(client.versions()).containsExactly("100");
    }

    private static final class Client implements Outlet {
        final List<StompFrame> frames = new ArrayList<>();
        final Set<Runnable> waiting = new HashSet<>();
        boolean writable = true;

        @Override
        public void send(StompFrame frame) {
            frames.add(frame);
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void onWritable(Runnable action) {
            waiting.add(action);
        }

        @Override
        public void close() {}

        List<String> versions() {
            return frames.stream().map(each -> each.header("key-version")).toList();
        }
    }
}
