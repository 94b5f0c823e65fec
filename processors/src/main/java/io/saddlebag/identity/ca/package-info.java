/** The offline CA: issues and revokes certificates. No running site loads it. */
package io.saddlebag.identity.ca;
