package io.saddlebag.rc.work;

import io.saddlebag.message.Message;
import java.nio.file.Path;

/**
 * A message whose seal opened to its end.
 *
 * @param file of the work folder, with the content: whole, verified and synced; a folder, which is still to be unpacked,
 *     is not synced
 * @param message the sender's description inside the seal
 * @param content the same in memory; null when it is long
 */
public record OpenedSeal(Path file, Message message, byte[] content) {}
