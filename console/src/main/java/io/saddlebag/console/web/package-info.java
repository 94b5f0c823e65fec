/** The server of pages on the loopback address: who may enter, which headers go out, files of the browser. No page's text. */
package io.saddlebag.console.web;
