package io.saddlebag.seal;

import io.saddlebag.message.Refusal;
import io.saddlebag.testing.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Headers, armor and payloads of age files, for identities of both kinds. */
class AgeFuzzTest extends FuzzTarget {
    private static final List<AgeIdentity> IDENTITIES = List.of(
            AgeIdentity.of("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"),
            AgeIdentity.of("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"));

    private final AgeFile age = new AgeFile(CryptoProviders.choose());

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (AgeIdentity identity : IDENTITIES) {
            ByteArrayOutputStream sealed = new ByteArrayOutputStream();
            age.seal(new ByteArrayInputStream(new byte[] {1, 2, 3}), List.of(identity.recipient()), sealed);
            seeds.add(sealed.toByteArray());
        }
        return seeds;
    }

    @Override
    public boolean read(byte[] input) throws IOException {
        try {
            age.open(new ByteArrayInputStream(input), IDENTITIES, OutputStream.nullOutputStream());
            return true;
        } catch (Refusal e) {
            return false;
        }
    }
}
