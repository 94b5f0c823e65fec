/** The home folder of a site and the Camel application that runs in it: settings, route files, start, drain. */
package io.saddlebag.site;
