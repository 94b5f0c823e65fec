/** Owners and modes: who can change the files of a site, and with which modes a site makes its own. Judges, moves nothing. */
package io.saddlebag.files.access;
