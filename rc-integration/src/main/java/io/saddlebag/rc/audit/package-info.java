/** The audit of a research centre: its journal against its outboxes. Reads only, beside a centre that may be at work. */
package io.saddlebag.rc.audit;
