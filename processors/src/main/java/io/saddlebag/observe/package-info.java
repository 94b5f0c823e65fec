/**
 * The account that a running site gives of itself: {@code run/status.json} and figures for Prometheus, every 15 seconds. Knows no kind
 * of site; each gives its part as a {@link io.saddlebag.observe.StatusSource}.
 */
package io.saddlebag.observe;
