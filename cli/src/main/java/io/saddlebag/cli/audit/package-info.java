/** The audit over several homes: each site's own, then what their books say of each other. */
package io.saddlebag.cli.audit;
