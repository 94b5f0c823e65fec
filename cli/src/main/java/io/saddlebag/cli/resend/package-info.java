/** {@code resend}: a laboratory sends a message again that headquarters confirmed and lost. */
package io.saddlebag.cli.resend;
