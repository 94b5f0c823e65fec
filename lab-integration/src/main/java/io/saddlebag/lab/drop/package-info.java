/**
 * The steps of a dropped file until it is a message in the journal: claimed, judged, compared with earlier ones,
 * recorded, or refused. Nothing here seals or sends.
 */
package io.saddlebag.lab.drop;
