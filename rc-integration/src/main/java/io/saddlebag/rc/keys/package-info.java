/** The centre's own keys: made, signed, registered at headquarters. No key of another site. */
package io.saddlebag.rc.keys;
