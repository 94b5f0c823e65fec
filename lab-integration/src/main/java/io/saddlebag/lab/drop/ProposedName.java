package io.saddlebag.lab.drop;

import io.saddlebag.files.DroppedName;
import io.saddlebag.message.MessageId;
import io.saddlebag.message.SiteId;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name that a refused file could be dropped under: this laboratory's, of today, and taken by the folder's routes. */
final class ProposedName {
    private static final Pattern OF_ANOTHER_SITE = Pattern.compile("[A-Z][A-Z0-9-]{1,31}(_[A-Z0-9]+_[0-9]{8}_.*)");
    private static final Pattern TYPE = Pattern.compile("(?<![A-Z0-9-])[A-Z][A-Z0-9]{1,15}(?![A-Z0-9-])");
    private static final Pattern PLAIN_ENDING = Pattern.compile("[.][A-Za-z0-9][A-Za-z0-9.]{0,15}");
    private static final String USUAL_TYPE = "DAT";
    /** More numbers of a day are not looked through: the proposal is an example, not a reservation. */
    private static final int MOST_NUMBERS = 20;

    private ProposedName() {}

    /**
     * @param refused the file's name
     * @param taken a regular expression of the names that the folder takes; null for every name
     * @param isUsed whether a message has that id
     * @return empty when no such name fits
     */
    static Optional<String> of(String refused, SiteId own, String taken, LocalDate today, Predicate<MessageId> isUsed) {
        Pattern fitting = Pattern.compile(taken == null ? ".*" : taken);
        String stem = DroppedName.stem(refused);
        String ending = refused.substring(stem.length());
        String plain = PLAIN_ENDING.matcher(ending).matches() ? ending : "";
        Matcher ofAnother = OF_ANOTHER_SITE.matcher(stem);
        if (ofAnother.matches()) {
            String here = own + ofAnother.group(1);
            if (MessageId.isOne(here) && !isUsed.test(MessageId.of(here)) && fits(fitting, here + plain)) {
                return Optional.of(here + plain);
            }
        }
        for (String type : types(stem, taken)) {
            String series = own + "_" + type + "_" + today.format(DateTimeFormatter.BASIC_ISO_DATE) + "_";
            for (int number = 1; fits(fitting, series + "001" + plain) && number <= MOST_NUMBERS; number++) {
                String id = series + String.format("%03d", number);
                if (MessageId.isOne(id) && !isUsed.test(MessageId.of(id)) && fits(fitting, id + plain)) {
                    return Optional.of(id + plain);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean fits(Pattern fitting, String name) {
        return fitting.matcher(name).matches();
    }

    /** The words in capitals of the name and of what the folder takes, then the usual one. */
    private static Set<String> types(String stem, String taken) {
        Set<String> types = new LinkedHashSet<>();
        for (String text : new String[] {stem.replace('_', ' '), taken == null ? "" : taken.replace('_', ' ')}) {
            Matcher type = TYPE.matcher(text);
            while (type.find()) {
                types.add(type.group());
            }
        }
        types.add(USUAL_TYPE);
        return types;
    }
}
