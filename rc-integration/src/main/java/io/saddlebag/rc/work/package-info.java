/** Files of deliveries under way, in the work folder. */
package io.saddlebag.rc.work;
