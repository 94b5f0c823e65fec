package io.saddlebag.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Manifests, read behind their signature. */
class ManifestFuzzTest extends FuzzTarget {
    private static final String DIGEST = "9cdbb259d0cd2958de73257716e08f071d7462f19cdd9d85f8914ac568576156";

    @Override
    public List<byte[]> seeds() {
        String manifest = "{\"network_id\":\"" + DIGEST + "\",\"message_id\":\"FL-LAB_DAT_20251008_001_r2\","
                + "\"sent_timestamp\":\"2025-10-08T09:00:00Z\",\"expires\":\"2025-11-08T09:00:00Z\",\"priority\":\"high\","
                + "\"sender\":{\"id\":\"FL-LAB\",\"fingerprint\":\"" + DIGEST + "\"},\"recipients\":[{\"id\":\"CA-RC\","
                + "\"key_id\":\"k1\",\"seq\":2,\"prev\":\"" + DIGEST
                + "\"},{\"id\":\"SF-RC\",\"key_id\":\"k1\",\"seq\":1}],"
                + "\"routing\":{\"exchange\":\"labs\",\"routing_keys\":[\"ca_rc\",\"sf_rc\"]},\"body\":{\"format\":"
                + "\"age-encryption.org/v1\",\"size\":1048577,\"sha256\":\"" + DIGEST + "\"},\"parts\":2}";
        return List.of(
                manifest.getBytes(StandardCharsets.UTF_8),
                manifest.replace("\"parts\"", "\"more\":[{\"x\":[1,2.5e3,null,true]}],\"parts\"")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean read(byte[] input) {
        Manifest manifest;
        try {
            manifest = Json.read(input, Manifest.class);
        } catch (IllegalArgumentException e) {
            return false;
        }
        assertThat(Json.read(Json.write(manifest), Manifest.class)).isEqualTo(manifest);
        return true;
    }
}
