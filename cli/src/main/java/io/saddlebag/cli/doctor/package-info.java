/** {@code doctor}: examinations of a living site, each with its findings. Nothing here knows a command's options but one class. */
package io.saddlebag.cli.doctor;
