/** {@code renew}: a site's new keys and certificates, and the proof by which the CA's keeper knows who asks. */
package io.saddlebag.cli.renew;
