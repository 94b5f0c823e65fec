/**
 * The laboratory's application: takes files from drop folders, seals and signs them, publishes them to headquarters and
 * puts them into {@code sent/} or {@code failed/}. Knows nothing of headquarters but its wire.
 */
package io.saddlebag.lab;
