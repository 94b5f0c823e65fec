/**
 * The stores of a home know each other: each bears the identity of its home, and the home notes which of them were
 * made. Thus a disk that is not mounted, or is another's, is not mistaken for a store that is yet to be made. Knows no
 * application.
 */
package io.saddlebag.stores;
