package io.saddlebag.cli;

import io.saddlebag.cli.home.SiteKind;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import io.saddlebag.stomp.HostAndPort;
import io.saddlebag.stomp.HostName;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How options and parameters are read that are more than text. A wrong value is wrong usage. */
final class OptionTypes {
    private static final int MAX_PORT = 65_535;

    private OptionTypes() {}

    /** For a command with all its subcommands. */
    static void register(CommandLine command) {
        command.registerConverter(SiteId.class, judged(SiteId::of))
                .registerConverter(MessageId.class, judged(MessageId::of))
                .registerConverter(HostName.class, judged(HostName::of))
                .registerConverter(HostAndPort.class, judged(HostAndPort::of))
                .registerConverter(SiteKind.class, judged(OptionTypes::kind));
    }

    private static <T> ITypeConverter<T> judged(Function<String, T> reading) {
        return value -> {
            try {
                return reading.apply(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static SiteKind kind(String command) {
        return Stream.of(SiteKind.values())
                .filter(kind -> kind.command().equals(command))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("Expected --kind hq, lab or rc, found " + command));
    }

    /** A port to listen on. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= MAX_PORT) {
                return Integer.valueOf(value);
            }
            throw new TypeConversionException("Expected --port from 1 to " + MAX_PORT + ", found " + value);
        }
    }
}
