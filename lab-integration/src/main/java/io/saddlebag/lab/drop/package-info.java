/** The steps of a dropped file until it is a message in the journal: judged, claimed, compared with earlier ones, or refused. */
package io.saddlebag.lab.drop;
