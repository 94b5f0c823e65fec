/** The writer: publications and settlements, committed in groups. A confirm follows the commit and the sync. No SQL. */
package io.saddlebag.hq.store.commit;
