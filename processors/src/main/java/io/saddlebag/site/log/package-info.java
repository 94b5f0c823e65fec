/** The log of a site: set up before the first line, one line an event. */
package io.saddlebag.site.log;
