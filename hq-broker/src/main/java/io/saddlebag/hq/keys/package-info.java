/**
 * Key bundles as sites registered them, and the CA's revocation list, handed out to subscribers. Headquarters makes and
 * alters none.
 */
package io.saddlebag.hq.keys;
