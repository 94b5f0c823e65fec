package io.saddlebag.stomp.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressOrderTest {
    private final AddressOrder order = new AddressOrder();

    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(InetAddress.getByName(text));
        }
        return addresses;
    }

    @Test
    void theFamiliesAlternateBeginningWithTheResolversFirst() throws Exception {
        assertThat(order.of(addresses("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1")))
                .isEqualTo(addresses("192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"));
        assertThat(order.of(addresses("2001:db8::1", "2001:db8::2", "192.0.2.1")))
                .isEqualTo(addresses("2001:db8::1", "192.0.2.1", "2001:db8::2"));
    }

    @Test
    void anAddressThatTakesConnectionsForNothingGoesBehindTheOthersUntilItWorks() throws Exception {
        List<InetAddress> resolved = addresses("192.0.2.1", "192.0.2.2", "192.0.2.3");
        order.disappointed(resolved.get(0));
        order.disappointed(resolved.get(1));
        order.disappointed(resolved.get(1));
        assertThat(order.of(resolved)).isEqualTo(addresses("192.0.2.3", "192.0.2.1", "192.0.2.2"));
        order.worked(resolved.get(1));
        assertThat(order.of(resolved)).isEqualTo(addresses("192.0.2.2", "192.0.2.3", "192.0.2.1"));
    }
}
