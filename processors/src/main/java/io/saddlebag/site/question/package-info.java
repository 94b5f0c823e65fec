/** Questions of a command to the site that runs, through files in the home's folder {@code run/questions}. */
package io.saddlebag.site.question;
