package io.saddlebag.bench.parts;

import io.saddlebag.dsse.SignatureProperties;
import io.saddlebag.dsse.SignatureSteps;
import io.saddlebag.message.Json;
import io.saddlebag.message.Manifest;
import io.saddlebag.site.Settings;
import io.saddlebag.site.SiteStartException;
import io.saddlebag.site.camel.SiteRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A manifest through the routes that sites sign and verify with: {@code direct:sign}, {@code direct:verify}. */
@State(Scope.Benchmark)
public class SignatureBenchmark {
    private BenchedLab lab;
    private SiteRuntime runtime;
    private ProducerTemplate camel;
    private byte[] manifest;
    private byte[] envelope;

    @Setup
    public void begin() throws IOException, SiteStartException {
        lab = new BenchedLab();
        Files.writeString(lab.home().settingsFile(), "");
        runtime = new SiteRuntime(lab.home(), Settings.load(lab.home(), List.of(), Map.of()), List.of("common"));
        runtime.bind(SignatureSteps.beans(lab.identity()));
        runtime.start();
        camel = runtime.context().createProducerTemplate();
        manifest = Json.write(lab.manifest(BenchedLab.randomBytes(1024)));
        envelope = sign();
        verify();
    }

    @Benchmark
    public byte[] sign() {
        return through("direct:sign", manifest);
    }

    @Benchmark
    public byte[] verify() {
        return through("direct:verify", envelope);
    }

    private byte[] through(String route, byte[] body) {
        Exchange done = camel.send(route, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.setProperty(SignatureProperties.PAYLOAD_TYPE, Manifest.TYPE);
        });
        if (done.getException() != null) {
            throw new IllegalStateException(route + " failed", done.getException());
        }
        return done.getMessage().getBody(byte[].class);
    }

    @TearDown
    public void end() throws IOException {
        runtime.close();
        lab.close();
    }
}
