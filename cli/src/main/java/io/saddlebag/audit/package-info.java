/**
 * All of the audit: each site's journal or database against its folders, then the books of several sites against each
 * other. Only reads, while the sites may be at work. Shares no code with the checks of {@code bench chaos}, on purpose: two
 * checkers that share code share its faults.
 */
package io.saddlebag.audit;
