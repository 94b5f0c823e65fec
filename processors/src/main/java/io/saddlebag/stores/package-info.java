/**
 * The stores of a home know each other: each bears the identity of its home, and the home notes which of them were made.
 * So a disk that is not mounted, or belongs elsewhere, is told from a store that is yet to be made. Knows no application.
 */
package io.saddlebag.stores;
