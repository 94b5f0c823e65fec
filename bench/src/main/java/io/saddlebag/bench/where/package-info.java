/** The time of an answer of {@code saddlebag where} over many messages. */
package io.saddlebag.bench.where;
