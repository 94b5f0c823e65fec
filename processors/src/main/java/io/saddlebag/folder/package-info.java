/** What happens on a site's disk: atomic and durable publication of files, claims, names that can be trusted. */
package io.saddlebag.folder;
