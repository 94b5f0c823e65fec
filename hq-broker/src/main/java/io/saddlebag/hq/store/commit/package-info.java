/** The writer: publications and settlements, committed in groups; a confirm follows the commit and the sync. */
package io.saddlebag.hq.store.commit;
