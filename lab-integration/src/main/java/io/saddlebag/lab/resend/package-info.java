/** Messages that headquarters confirmed and lost, as after a restored back-up, are sent again. */
package io.saddlebag.lab.resend;
