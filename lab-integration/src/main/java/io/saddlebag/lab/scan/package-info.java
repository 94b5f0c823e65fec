/** The component {@code drop:}: watches drop folders and shows each file, folder or group that is complete. Moves nothing. */
package io.saddlebag.lab.scan;
