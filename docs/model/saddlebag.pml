/*
 * Publish, confirm, deliver, acknowledge and crash: see docs/model.md for what is left out, and how to verify it.
 *
 * -DBROKEN=1  headquarters confirms before it has committed
 * -DBROKEN=2  the centre acknowledges before the file stands in its outbox
 * -DBROKEN=3  a start of headquarters believes a row whose payload a crash took
 * -DBROKEN=4  the centre takes for new whatever it does not remember
 * -DBROKEN=5  headquarters forgets to give back what was in flight on a connection that broke
 */
#ifndef BROKEN
#define BROKEN 0
#endif
/* How many things go wrong at most: crashes and cuts of connections. */
#ifndef FAULTS
#define FAULTS 2
#endif
/* How many files are sent, 1 or 2. */
#ifndef FILES
#define FILES 1
#endif
#define SLOTS 2
#define NOBODY SLOTS

mtype = { NONE, WAITS, DOUBT, ENDED, ABSENT, WRITTEN, DURABLE };

/* Headquarters' disk. What is WRITTEN and not synced may be gone after a crash; rows are there or not. */
mtype rows[SLOTS] = NONE;
mtype spool[SLOTS] = ABSENT;
byte newest = NOBODY;

/* Headquarters' memory: committed and in doubt still; at a consumer. */
bool doubtful[SLOTS];
bool inFlight[SLOTS];

/* The lab's journal, on its disk: confirmed. Until then its spool keeps the sealed message. */
bool sent[SLOTS];

/* The centre's disk: how often the file was put into the outbox. Its memory: that it was. */
byte outbox[SLOTS];
bool remembered[SLOTS];

/* For the claims: headquarters has let go of a confirm. */
bool told[SLOTS];

/* The connections. A cut takes away what is under way; each side learns of it when it looks. */
chan publish = [SLOTS] of { byte };
chan confirm = [SLOTS] of { byte };
chan deliver = [SLOTS] of { byte };
chan acknowledge = [SLOTS] of { byte };
byte labConnection;
bool centreGone;

bool killHeadquarters;
bool killCentre;

inline empty_out(channel) {
    do
    :: channel ? _
    :: empty(channel) -> break
    od
}

inline cutLab() {
    empty_out(publish);
    empty_out(confirm);
    labConnection++
}

inline cutCentre() {
    empty_out(deliver);
    empty_out(acknowledge);
    centreGone = true
}

inline tell(f) {
    told[f] = true;
    confirm ! f
}

/* Once for each file: sends the same bytes until the confirm is in, again whenever the connection broke. */
proctype Lab(byte f) {
    byte connection;
    do
    :: sent[f] -> break
    :: else ->
        atomic { connection = labConnection; publish ! f };
        if
        :: confirm ?? eval(f) -> sent[f] = true
        :: connection != labConnection
        fi
    od
}

inline put_commit_confirm(f) {
    spool[f] = WRITTEN;
    /* The sync and the commit beside each other, in either order. */
    if
    :: atomic { rows[f] = WAITS; newest = f; doubtful[f] = true };
       spool[f] = DURABLE
    :: spool[f] = DURABLE;
       atomic { rows[f] = WAITS; newest = f; doubtful[f] = true }
    fi;
    atomic { doubtful[f] = false; tell(f) }
}

/* A repeat of a doubtful message: its payload is durable before the row names it. */
inline complete_confirm(f) {
    spool[f] = WRITTEN;
    spool[f] = DURABLE;
    rows[f] = WAITS;
    tell(f)
}

/* Before it serves: what may never have been confirmed is doubtful, what is whole is made durable, the rest is freed. */
inline reconcile() {
    g = 0;
    do
    :: g < SLOTS ->
        doubtful[g] = false;
        inFlight[g] = false;
        if
        :: spool[g] == WRITTEN -> if :: spool[g] = ABSENT :: spool[g] = DURABLE fi
        :: else
        fi;
        if
        :: BROKEN != 3 && rows[g] == WAITS && spool[g] == ABSENT ->
            /* Only the newest commit can be without its payload; any other would be a loss. */
            assert(newest == g);
            rows[g] = DOUBT
        :: rows[g] != WAITS -> spool[g] = ABSENT
        :: else
        fi;
        g++
    :: else -> break
    od
}

proctype Headquarters() {
    byte f;
    byte g;
serve:
    {
        do
        :: atomic { publish ? f -> if :: BROKEN == 1 -> tell(f) :: else fi };
            if
            /* A repeat of what is committed is confirmed again. */
            :: atomic { rows[f] != NONE && rows[f] != DOUBT -> tell(f) }
            :: rows[f] == DOUBT -> complete_confirm(f)
            :: rows[f] == NONE -> put_commit_confirm(f)
            fi;
            f = 0
        :: atomic { rows[0] == WAITS && !doubtful[0] && !inFlight[0] && !centreGone ->
            assert(spool[0] != ABSENT);
            inFlight[0] = true;
            deliver ! 0 }
        :: atomic { rows[1] == WAITS && !doubtful[1] && !inFlight[1] && !centreGone ->
            assert(spool[1] != ABSENT);
            inFlight[1] = true;
            deliver ! 1 }
        /* Settled by a commit; the payload is freed after it, or by the next start. */
        :: acknowledge ? f ->
            if
            :: inFlight[f] && rows[f] == WAITS -> rows[f] = ENDED; spool[f] = ABSENT; inFlight[f] = false
            :: else
            fi;
            f = 0
        /* A connection of the centre ended: what was in flight on it waits again. */
        :: atomic { centreGone ->
            centreGone = false;
            if
            :: BROKEN == 5
            :: else -> inFlight[0] = false; inFlight[1] = false
            fi }
        od
    } unless {
        atomic {
            killHeadquarters ->
            killHeadquarters = false;
            cutLab();
            cutCentre();
            centreGone = false;
            reconcile();
            f = 0;
            g = 0;
            goto serve
        }
    }
}

proctype Centre() {
    byte f;
serve:
    {
        do
        :: deliver ? f ->
            if
            :: BROKEN == 2 -> acknowledge ! f
            :: else
            fi;
            /* Judged against what stands in the outbox, never against what merely arrived. */
            if
            :: (BROKEN == 4 -> !remembered[f] : outbox[f] == 0) -> outbox[f]++
            :: else
            fi;
            remembered[f] = true;
            if
            :: BROKEN == 2
            :: else -> acknowledge ! f
            fi;
            f = 0
        od
    } unless {
        atomic {
            killCentre ->
            killCentre = false;
            cutCentre();
            remembered[0] = false;
            remembered[1] = false;
            f = 0;
            goto serve
        }
    }
}

/* Everything that goes wrong, so often at most, at any moment, or not at all. A crash of the lab is a cut to it. */
proctype Fate() {
    byte faults;
    do
    :: atomic { faults < FAULTS && !killHeadquarters -> faults++; killHeadquarters = true }
    :: atomic { faults < FAULTS && !killCentre -> faults++; killCentre = true }
    :: atomic { faults < FAULTS -> faults++; cutLab() }
    :: atomic { faults < FAULTS -> faults++; cutCentre() }
    :: break
    od
}

#define DONE(f) (f >= FILES || (sent[f] && outbox[f] == 1 && rows[f] == ENDED))

/* When nobody can do anything any more, all is settled. */
proctype Rest() {
    timeout -> assert(DONE(0) && DONE(1))
}

init {
    atomic {
        run Lab(0);
        if
        :: FILES > 1 -> run Lab(1)
        :: else
        fi;
        run Headquarters();
        run Centre();
        run Fate();
        run Rest()
    }
}

#define KEPT(f) (rows[f] == ENDED || (rows[f] == WAITS && spool[f] == DURABLE))

/* What was confirmed is never lost: it survives whatever happens next. */
ltl kept { [] ((!told[0] || KEPT(0)) && (!told[1] || KEPT(1))) }

/* Nothing is in an outbox twice. */
ltl once { [] (outbox[0] <= 1 && outbox[1] <= 1) }

/* A delivery is over for headquarters only when the file stands in the outbox. */
ltl acknowledged { [] ((rows[0] != ENDED || outbox[0] > 0) && (rows[1] != ENDED || outbox[1] > 0)) }

/* Once nothing goes wrong any more: every file is sent, delivered and acknowledged. */
ltl delivered { <> [] (DONE(0) && DONE(1)) }
