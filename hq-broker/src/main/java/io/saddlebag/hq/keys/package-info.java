/** Key bundles as sites registered them, handed out to whoever subscribes. */
package io.saddlebag.hq.keys;
