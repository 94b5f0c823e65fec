package io.saddlebag.oplog;

/**
 * The person who acts on a home.
 *
 * @param user of the operating system, as the Java process runs
 * @param sudoUser who became that user by sudo; null when nobody did
 */
public record Operator(String user, String sudoUser) {
    /** Whoever runs this process. */
    public static Operator current() {
        String sudoUser = System.getenv("SUDO_USER");
        return new Operator(System.getProperty("user.name"), sudoUser == null || sudoUser.isBlank() ? null : sudoUser);
    }

    /** Such as {@code saddlebag (sudo: anna)}. */
    @Override
    public String toString() {
        return user + (sudoUser == null ? "" : " (sudo: " + sudoUser + ")");
    }
}
