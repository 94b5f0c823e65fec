/** BagIt bags (RFC 8493), read and verified; nothing here writes one, and nothing here moves files. */
package io.saddlebag.lab.bag;
