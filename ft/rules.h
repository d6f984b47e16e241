/* rules.h - the rules of the papers by their names, for what is said of a run: the operator's lines, `why`, JSON. What
 * a rule says is in docs/protocols.md; who follows it names it in its comments.
 */
#ifndef US_FT_RULES_H
#define US_FT_RULES_H

/* RULE(id, "name", "paper", "what it says, in short") */
#define RULES(RULE)                                                                                                    \
    RULE(NONE, "", "", "")                                                                                             \
    RULE(P0, "P0", PAPER_BS, "the value of an environment instruction is sent to the backup")                          \
    RULE(P1, "P1", PAPER_BS, "an interrupt in epoch E is buffered for the end of E, and sent")                         \
    RULE(P2, "P2", PAPER_BS,                                                                                           \
         "at the end of E the primary sends its clock, delivers what is buffered, and says that E has ended")          \
    RULE(P3, "P3", PAPER_BS, "the backup ignores interrupts of its own devices")                                       \
    RULE(P4, "P4", PAPER_BS, "the backup buffers what it receives for the end of E, and acknowledges it")              \
    RULE(P5, "P5", PAPER_BS, "at the end of E the backup awaits the primary's clock and [end, E+1], and delivers")     \
    RULE(P6, "P6", PAPER_BS, "an environment instruction of the backup has the primary's value")                       \
    RULE(P7, "P7", PAPER_BS,                                                                                           \
         "the epoch in which the primary failed is run, still suppressed, with what arrived of it; live after it")     \
    RULE(P8, "P8", PAPER_BS, "at its end every outstanding operation is uncertain")                                    \
    RULE(COMMIT, "output commit", PAPER_BS_REVISED,                                                                    \
         "an output waits until everything that was sent before it is acknowledged")                                   \
    RULE(STEP_206, "figure 3, step 206", PAPER_DEC, "at an epoch's end what is buffered is delivered")                 \
    RULE(STEP_310, "figure 7, step 310", PAPER_DEC, "the operator's console is told of the failure")                   \
    RULE(STEP_312, "figure 7, step 312", PAPER_DEC, "what was completed in the epoch of the failure is deleted")       \
    RULE(STEP_314, "figure 7, step 314", PAPER_DEC, "every connection that is open is told disconnected")              \
    RULE(STEP_318, "figure 7, step 318", PAPER_DEC, "what is buffered is delivered, and the backup is live")           \
    RULE(STEP_320, "figure 7, step 320", PAPER_DEC, "the guest issues again what it was told disconnected")            \
    RULE(POINTS, "points", PAPER_OURS,                                                                                 \
         "an epoch ends where the primary says; an output is the next one's first instruction; what was logged after " \
         "the "                                                                                                        \
         "last end is discarded at a fail-over")                                                                       \
    RULE(CHECKPOINT, "checkpoint", PAPER_REMUS,                                                                        \
         "outputs wait until the checkpoint after them is acknowledged; the backup executes nothing, and goes on "     \
         "from the last checkpoint that is whole")                                                                     \
    RULE(REISSUE, "reissue", PAPER_FT, "the monitor issues again what was outstanding, and the guest learns nothing")

#define PAPER_BS         "Bressoud & Schneider 1995"
#define PAPER_BS_REVISED "Bressoud & Schneider 1995, revised protocol"
#define PAPER_DEC        "WO 93/09494"
#define PAPER_FT         "VMware FT 2010"
#define PAPER_REMUS      "Remus 2008"
#define PAPER_OURS       "our own"

enum rule {
#define RULE(id, name, paper, says) RULE_##id,
    RULES(RULE)
#undef RULE
        RULE_COUNT
};

const char *rule_name(enum rule rule);
const char *rule_paper(enum rule rule);
const char *rule_says(enum rule rule);

#endif
