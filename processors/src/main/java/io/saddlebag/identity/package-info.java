/** Who a site is: certificates and keys in its identity folder, the CA that issues them, trust and revocation, TLS contexts. */
package io.saddlebag.identity;
