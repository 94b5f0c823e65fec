package io.saddlebag.hq.store;

/** Tells when this headquarters has the database to itself. Safe for any number of threads; does not block. */
@FunctionalInterface
public interface SoleUse {
    /** For a database that nothing else can reach. */
    SoleUse ALWAYS = () -> 1;

    /** A number that changes whenever the database is lost and taken again; 0 while it is lost. */
    long term();

    default boolean isHeld() {
        return term() != 0;
    }
}
