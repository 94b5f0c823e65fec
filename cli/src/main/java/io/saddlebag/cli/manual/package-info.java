/** Manual pages and shell completion, made of the commands as they are declared. */
package io.saddlebag.cli.manual;
