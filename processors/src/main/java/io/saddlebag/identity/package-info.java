/** The identity of a site: certificates and keys in its identity folder, trust and revocation, TLS contexts. */
package io.saddlebag.identity;
