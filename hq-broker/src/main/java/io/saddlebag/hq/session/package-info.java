/** The connections of sites to headquarters: their site, limits, subscriptions and frames in flight. No wire format. */
package io.saddlebag.hq.session;
