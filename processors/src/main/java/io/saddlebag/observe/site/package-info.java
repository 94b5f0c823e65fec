/** Puts the observation of a site together from its settings: status, figures, alerts. */
package io.saddlebag.observe.site;
