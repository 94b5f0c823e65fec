/** Key bundles as sites registered them, handed out to subscribers. Headquarters makes and alters none. */
package io.saddlebag.hq.keys;
