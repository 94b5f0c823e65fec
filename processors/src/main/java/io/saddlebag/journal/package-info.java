/** A SQLite journal of a site: its file, the mark and digest that reveal damage, and one writer that commits in groups. */
package io.saddlebag.journal;
