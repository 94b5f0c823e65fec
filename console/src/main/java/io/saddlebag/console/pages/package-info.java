/** One class a page: it asks the readers and fills a template. No template decides anything. */
package io.saddlebag.console.pages;
