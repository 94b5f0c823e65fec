/** The connections of sites to headquarters: who is there, what it may do, what it has in flight. */
package io.saddlebag.hq.session;
