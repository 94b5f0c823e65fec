package io.saddlebag.lab.chain;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.identity.SiteIdentity;
import io.saddlebag.lab.message.SentManifest;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.message.Refusal;
import io.saddlebag.message.Refusal.Code;
import io.saddlebag.message.Sha256;
import io.saddlebag.message.SiteId;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Puts a manifest whose signature holds with the answer of the question, if this laboratory signed it. */
public final class CollectManifest implements Processor {
    private final SiteIdentity identity;
    private final ChainQuestions questions;

    public CollectManifest(SiteIdentity identity, ChainQuestions questions) {
        this.identity = Objects.requireNonNull(identity, "identity");
        this.questions = Objects.requireNonNull(questions, "questions");
    }

    @Override
    public void process(Exchange exchange) {
        SiteId signer = exchange.getProperty(SignatureProperties.SIGNER, SiteId.class);
        if (!identity.site().equals(signer)) {
            throw new Refusal(Code.WRONG_SENDER, "Expected a signature of " + identity.site() + ", found " + signer);
        }
        byte[] json = exchange.getIn().getBody(byte[].class);
        Manifest manifest = read(json);
        if (!manifest.sender().id().equals(identity.site())) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of " + identity.site() + ", found one of "
                            + manifest.sender().id());
        }
        if (!manifest.networkId().equals(identity.trust().networkId())) {
            throw new Refusal(
                    Code.WRONG_SENDER,
                    "Expected a manifest of the network " + identity.trust().networkId() + ", found "
                            + manifest.networkId());
        }
        questions.found(new SentManifest(manifest, Sha256.of(json)));
    }

    private static Manifest read(byte[] json) {
        try {
            return Json.read(json, Manifest.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Code.MALFORMED, e.getMessage(), e);
        }
    }
}
