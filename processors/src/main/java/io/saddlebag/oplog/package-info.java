/** The operator journal of a home: which person did what, when and why. Chained by hashes and signed by the site. */
package io.saddlebag.oplog;
