/** The centre's own keys: made, signed, registered at headquarters. */
package io.saddlebag.rc.keys;
