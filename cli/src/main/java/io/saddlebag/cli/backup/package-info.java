/** Back-ups of a home: written while the site runs, verified, and restored into an empty home. */
package io.saddlebag.cli.backup;
