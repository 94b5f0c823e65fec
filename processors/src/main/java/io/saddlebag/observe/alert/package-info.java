/**
 * The states of a site that need a person: judged by its status, remembered across restarts, and sent by webhook or command,
 * once when they begin and once when they end. Knows no kind of site.
 */
package io.saddlebag.observe.alert;
