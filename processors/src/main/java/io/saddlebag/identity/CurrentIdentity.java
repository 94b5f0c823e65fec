package io.saddlebag.identity;

/** The identity that a site has now. For any number of threads. */
public interface CurrentIdentity {
    /** Use one answer for all parts of one task: the next may be a renewed identity, of the same site and trust. */
    SiteIdentity now();

    /** Takes up new files of the identity folder, if there are any. */
    void look();

    /** Calls back after each renewal, on the thread that noticed it. */
    void onRenewal(Runnable listener);
}
