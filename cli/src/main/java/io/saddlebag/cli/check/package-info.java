/** Commands that judge a home: its files before a start, the living site; and the schema of its route files. */
package io.saddlebag.cli.check;
