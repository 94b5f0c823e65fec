package io.saddlebag.hq.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.dsse.BundleMark;
import io.saddlebag.hq.testing.NotingConnection;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeysSinkTest {
    private final Client client = new Client();
    private final KeysSink keys = new KeysSink("k", client);

    private static KeyDirectory.Registered version(int version) {
        BundleMark mark = new BundleMark(1_750_000_000, version, Sha256.of(new byte[0]));
        return new KeyDirectory.Registered(SiteId.of("CA-RC"), mark, new byte[] {(byte) version});
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
        client.takesFramesAgain();
        assertThat(client.versions()).containsExactly("100");
    }

    private static final class Client extends NotingConnection {
        List<String> versions() {
            return frames.stream().map(each -> each.header("key-version")).toList();
        }
    }
}
