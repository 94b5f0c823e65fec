/**
 * Claims: dropped files moved out of their dropper's reach before anything judges them (docs/adr/0006-claims.md). Knows
 * no exchange and no journal.
 */
package io.saddlebag.lab.claim;
