/** Route files and templates of a home, read and handed to Camel; the Camel context that runs them. */
package io.saddlebag.site.camel;
