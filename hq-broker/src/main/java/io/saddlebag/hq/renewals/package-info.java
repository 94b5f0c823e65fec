/** Sites' requests for new certificates, and the answers of the CA's keeper. Headquarters reads neither. */
package io.saddlebag.hq.renewals;
