/* test_protocol.c - protocols' tables are checked when they are asked for: those that there are make sense, and each
 * way to spoil one is refused with its sentence.
 */
#include <string.h>

#include "ft/protocol/check.h"
#include "ft/protocol/list.h"
#include "tests/check.h"

enum which { PRIMARY, BACKUP, FAILOVER };
enum how { REPLACE, LEAVE_OUT, INSERT, FILL };

/* One thing done to a program of a good protocol at the first place of AT. */
struct spoiled {
    const struct protocol *protocol;
    enum which which;
    enum how how;
    enum action at, action;
    const char *sentence; /* behind "protocol NAME: " */
};

static const struct spoiled cases[] = {
    /* it ends */
    {&protocol_bs, PRIMARY, FILL, ACTION_LOOP, ACTION_RUN, "the primary's program does not end within 24 actions"},
    {&protocol_bs, BACKUP, FILL, ACTION_LOOP, ACTION_RUN, "the backup's program does not end within 24 actions"},
    {&protocol_dec, FAILOVER, FILL, ACTION_PROMOTE, ACTION_RUN, "the failover's program does not end within 24"},
    {&protocol_dec, FAILOVER, LEAVE_OUT, ACTION_PROMOTE, 0, "the failover's program must end with 'promote'"},
    /* every action fits its program */
    {&protocol_dec, PRIMARY, REPLACE, ACTION_ADD_DUE, ACTION_AWAIT_END, "'await [end, E+1]' does not fit into the pri"},
    {&protocol_dec, PRIMARY, INSERT, ACTION_RUN, ACTION_PROMOTE, "'promote' does not fit into the primary's program"},
    {&protocol_bs, BACKUP, INSERT, ACTION_DELIVER, ACTION_AWAIT_ACKS, "'await acknowledgements' does not fit into th"},
    {&protocol_bs, BACKUP, INSERT, ACTION_DELIVER, ACTION_FOLLOW, "'follow the recording' does not fit into the back"},
    {&protocol_bs, FAILOVER, INSERT, ACTION_FENCE, ACTION_AWAIT_END, "'await [end, E+1]' does not fit into the fail"},
    {&protocol_bs, FAILOVER, INSERT, ACTION_FENCE, ACTION_COUNT, "'?' does not fit into the failover's program"},
    /* an epoch is run and delivered once, in order */
    {&protocol_bs, PRIMARY, LEAVE_OUT, ACTION_RUN, 0, "the primary's program never comes to 'run'"},
    {&protocol_bs, BACKUP, LEAVE_OUT, ACTION_NEXT_EPOCH, 0, "the backup's program never comes to 'next epoch'"},
    {&protocol_bs, BACKUP, INSERT, ACTION_DELIVER, ACTION_RUN, "the backup's program comes to 'run' more than once"},
    {&protocol_bs, PRIMARY, INSERT, ACTION_RUN, ACTION_DELIVER, "in the primary's program 'deliver' comes before 'add"},
    {&protocol_dec, BACKUP, LEAVE_OUT, ACTION_TAKE_CLOCK, 0, "the backup's program never comes to 'take the clock'"},
    /* every wait has what ends it */
    {&protocol_dec, BACKUP, LEAVE_OUT, ACTION_AWAIT_END, 0, "the backup's program never comes to 'await [end, E+1]'"},
    {&protocol_dec, PRIMARY, LEAVE_OUT, ACTION_SEND_END, 0, "the primary's program never comes to 'send [end, E]'"},
    {&protocol_bs, PRIMARY, LEAVE_OUT, ACTION_SEND_TIME, 0, "the primary's program never comes to 'send [E, Tme]'"},
    {&protocol_bs, PRIMARY, INSERT, ACTION_DELIVER, ACTION_SEND_END, "'send [end, E]' comes before 'deliver'"},
    {&protocol_bs, PRIMARY, INSERT, ACTION_RUN, ACTION_SEND_TIME, "'send [E, Tme]' comes before 'take the clock'"},
    /* an end that is chosen is run to, and there is nothing else to run to */
    {&protocol_yokogawa, PRIMARY, INSERT, ACTION_TAKE_CLOCK, ACTION_RUN, "'run' has no end where the primary runs to"},
    {&protocol_yokogawa, BACKUP, REPLACE, ACTION_RUN_TO_POSITION, ACTION_RUN, "'run' has no end where the primary"},
    {&protocol_yokogawa, PRIMARY, REPLACE, ACTION_RUN_TO_EVENT, ACTION_RUN, "'run to the position' needs 'run to an e"},
    {&protocol_yokogawa, BACKUP, LEAVE_OUT, ACTION_RUN_TO_POSITION, 0, "the backup's program never comes to 'run to t"},
    {&protocol_bs, BACKUP, REPLACE, ACTION_RUN, ACTION_RUN_TO_POSITION, "'run to the position' needs 'run to an even"},
    {&protocol_bs, FAILOVER, REPLACE, ACTION_RUN, ACTION_RUN_ONE, "'run one instruction' needs 'run to an event' in"},
    {&protocol_yokogawa, FAILOVER, LEAVE_OUT, ACTION_RUN_ONE, 0, "program never comes to 'run one instruction'"},
    {&protocol_yokogawa, PRIMARY, INSERT, ACTION_RUN_TO_EVENT, ACTION_SEND_END, "'send [end, E]' comes before 'take t"},
    /* where checkpoints are sent there is nothing else */
    {&protocol_remus, PRIMARY, INSERT, ACTION_NEXT_EPOCH, ACTION_SEND_END, "'send [end, E]' does not go with 'send ch"},
    {&protocol_remus, PRIMARY, REPLACE, ACTION_RUN, ACTION_RUN_TO_EVENT, "'run to an event' does not go with 'send c"},
    {&protocol_remus, BACKUP, INSERT, ACTION_NEXT_EPOCH, ACTION_RUN, "'run' does not go with 'send checkpoint E'"},
    {&protocol_remus, FAILOVER, INSERT, ACTION_DELIVER, ACTION_RUN, "'run' does not go with 'send checkpoint E'"},
    {&protocol_remus, PRIMARY, LEAVE_OUT, ACTION_DELIVER, 0, "the primary's program never comes to 'deliver'"},
    {&protocol_remus, PRIMARY, INSERT, ACTION_DELIVER, ACTION_SEND_CHECKPOINT, "'send checkpoint E' comes before 'del"},
    {&protocol_remus, PRIMARY, INSERT, ACTION_NEXT_EPOCH, ACTION_SEND_CHECKPOINT, "'send checkpoint E' more than onc"},
    {&protocol_remus, BACKUP, LEAVE_OUT, ACTION_AWAIT_CHECKPOINT, 0, "never comes to 'await checkpoint E+1'"},
    {&protocol_remus, BACKUP, LEAVE_OUT, ACTION_APPLY_CHECKPOINT, 0, "never comes to 'apply checkpoint E'"},
    {&protocol_remus, BACKUP, LEAVE_OUT, ACTION_NEXT_EPOCH, 0, "the backup's program never comes to 'next epoch'"},
    {&protocol_remus, PRIMARY, REPLACE, ACTION_SEND_CHECKPOINT, ACTION_SEND_END, "an epoch that ends before an outpu"},
    {&protocol_dec, BACKUP, INSERT, ACTION_DELIVER, ACTION_APPLY_CHECKPOINT, "'apply checkpoint E' needs 'send che"},
    /* a fail-over is decided, then done */
    {&protocol_dec, FAILOVER, LEAVE_OUT, ACTION_ASK_ARBITER, 0, "must begin with 'ask the arbiter'"},
    {&protocol_dec, FAILOVER, LEAVE_OUT, ACTION_FENCE, 0, "the failover's program never comes to 'fence'"},
    {&protocol_dec, FAILOVER, INSERT, ACTION_FENCE, ACTION_CONNECT, "program 'connect' comes before 'fence'"},
    {&protocol_bs, FAILOVER, LEAVE_OUT, ACTION_TELL_OUTSTANDING, 0, "never comes to 'tell of what is outstanding'"},
    {&protocol_dec, FAILOVER, LEAVE_OUT, ACTION_DELIVER, 0, "'tell of what is outstanding' buffers is never delivered"},
};

static void spoil(enum action *program, const struct spoiled *spoiled)
{
    unsigned at = 0;
    while (program[at] != spoiled->at)
        at++;
    size_t rest = (size_t)(PROGRAM_ACTIONS_MAX - at - 1) * sizeof program[0];
    if (spoiled->how == LEAVE_OUT)
        memmove(&program[at], &program[at + 1], rest);
    if (spoiled->how == INSERT)
        memmove(&program[at + 1], &program[at], rest);
    if (spoiled->how == INSERT || spoiled->how == REPLACE)
        program[at] = spoiled->action;
    for (; spoiled->how == FILL && at < PROGRAM_ACTIONS_MAX; at++)
        program[at] = spoiled->action;
}

static void test_spoiled(struct check *t)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct protocol copy = *cases[i].protocol;
        enum action *const programs[] = {copy.primary, copy.backup, copy.failover};
        struct error error = {0};
        spoil(programs[cases[i].which], &cases[i]);
        CHECK(!protocol_check(&copy, &error));
        CHECK_ONE_LINE(error.text);
        CHECK_HAS(error.text, copy.name);
        CHECK_HAS(error.text, cases[i].sentence);
    }
}

/* The rest of a protocol: what becomes of an output, and its policy. */
static void test_choices(struct check *t)
{
    struct error error;
    struct protocol copy = protocol_bs;
    copy.output = OUTPUT_RULE_COUNT;
    CHECK(!protocol_check(&copy, &error));
    CHECK_HAS(error.text, "it does not say what becomes of an output");
    copy = protocol_bs;
    copy.output = OUTPUT_END_EPOCH;
    CHECK(!protocol_check(&copy, &error));
    CHECK_HAS(error.text, "an epoch that ends before an output needs 'run to an event' in the primary's program");
    copy = protocol_bs;
    copy.policy = FAILOVER_PROTOCOL;
    CHECK(!protocol_check(&copy, &error));
    CHECK_HAS(error.text, "it has no fail-over policy of its own");
}

/* Those that there are; and one that is not, which names them all. */
static void test_list(struct check *t)
{
    struct error error = {0};
    CHECK(!protocol_find("paxos", &error));
    CHECK_HAS(error.text, "there is no protocol 'paxos': ");
    for (unsigned i = 0; protocol_name(i); i++) {
        struct error good = {0};
        const struct protocol *found = protocol_find(protocol_name(i), &good);
        CHECK(found && protocol_check(found, &good));
        CHECK_TEXT(good.text, "");
        if (found)
            CHECK_TEXT(found->name, protocol_name(i));
        CHECK_HAS(error.text, protocol_name(i));
    }
    CHECK(protocol_name(0));
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.protocol", argc, argv);
    test_list(&t);
    test_spoiled(&t);
    test_choices(&t);
    return check_end(&t);
}
