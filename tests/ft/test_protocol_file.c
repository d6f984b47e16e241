/* test_protocol_file.c - a protocol as a text: those that there are, written and read again, are the same; each of some
 * hundred malformed ones is refused with one line, which says on which line of the file what is wrong.
 */
#include <string.h>

#include "ft/protocol/list.h"
#include "ft/protocols.h"
#include "tests/check.h"

static const char good[] = "name      mine\n"                                                                  /* 1 */
                           "title     a protocol # of a test\n"                                                /* 2 */
                           "primary   run take-clock send-time add-due deliver send-end next-epoch\n"          /* 3 */
                           "backup    run await-time take-clock await-end add-due deliver next-epoch\n"        /* 4 */
                           "failover  ask-arbiter fence connect tell-outstanding deliver next-epoch promote\n" /* 5 */
                           "output    await\n"                                                                 /* 6 */
                           "policy    uncertain\n";                                                            /* 7 */
enum { GOOD_LINES = 7, TEXT_BYTES = 4096 };

/* ---- what is right ---- */

static void test_built_in(struct check *t)
{
    for (unsigned i = 0; protocol_name(i); i++) {
        struct error error = {""};
        const struct protocol *protocol = protocol_find(protocol_name(i), &error);
        char *text = protocol_text(protocol);
        struct protocol *read = protocol_read(text, strlen(text), "f", &error);
        CHECK_TEXT(error.text, "");
        CHECK(read);
        if (read) {
            CHECK_TEXT(read->name, protocol->name);
            CHECK_TEXT(read->title, protocol->title);
            CHECK(memcmp(read->primary, protocol->primary, sizeof read->primary) == 0);
            CHECK(memcmp(read->backup, protocol->backup, sizeof read->backup) == 0);
            CHECK(memcmp(read->failover, protocol->failover, sizeof read->failover) == 0);
            CHECK_EQ(read->output, protocol->output);
            CHECK_EQ(read->policy, protocol->policy);
            CHECK(memcmp(&read->expected, &protocol->expected, sizeof read->expected) == 0);
            CHECK_EQ(protocol_hash(read), protocol_hash(protocol));
        }
        free(read);
        free(text);
    }
}

/* Blanks, comments, empty lines, ends of lines as elsewhere, no newline at the end: the same protocol. */
static void test_form(struct check *t)
{
    static const char other[] = "\r\n# mine\n  policy\tuncertain\r\n\n output await # or not\n"
                                "name mine\ntitle   a protocol   \n"
                                "primary run take-clock send-time add-due deliver send-end next-epoch\n"
                                "backup run await-time take-clock await-end add-due deliver next-epoch\n"
                                "failover ask-arbiter fence connect tell-outstanding deliver next-epoch promote";
    static const char expecting[] = "expect rule 2\nexpect rule 1  rule 5 when losing\n"
                                    "expect rule 3 of the last epoch\nexpect rule 4 of the last epoch when losing\n";
    struct error error = {""};
    struct protocol *a = protocol_read(good, sizeof good - 1, "f", &error);
    struct protocol *b = protocol_read(other, sizeof other - 1, "f", &error);
    CHECK_TEXT(error.text, "");
    CHECK(a && b && protocol_hash(a) == protocol_hash(b));
    char text[TEXT_BYTES];
    snprintf(text, sizeof text, "%s%s", good, expecting);
    struct protocol *c = protocol_read(text, strlen(text), "f", &error);
    CHECK(c && protocol_hash(a) != protocol_hash(c));
    for (unsigned losing = 0; c && losing <= 1; losing++)
        for (unsigned last = 0; last <= 1; last++) {
            CHECK(protocol_expects(c, 2, losing, last));
            CHECK_EQ(protocol_expects(c, 1, losing, last), losing);
            CHECK_EQ(protocol_expects(c, 5, losing, last), losing);
            CHECK_EQ(protocol_expects(c, 3, losing, last), last);
            CHECK_EQ(protocol_expects(c, 4, losing, last), losing && last);
            CHECK(!protocol_expects(c, 6, losing, last));
        }
    free(a);
    free(b);
    free(c);
}

/* ---- what is wrong ---- */

/* TEXT is refused because of line LINE (0: of any), with SENTENCE in it. */
static void refused(struct check *t, const char *text, size_t size, unsigned line, const char *sentence)
{
    char place[32];
    struct error error = {""};
    struct protocol *protocol = protocol_read(text, size, "mine.proto", &error);
    CHECK(!protocol);
    free(protocol);
    snprintf(place, sizeof place, line ? "mine.proto:%u: " : "mine.proto:", line);
    CHECK_ONE_LINE(error.text);
    CHECK(strncmp(error.text, place, strlen(place)) == 0);
    CHECK_HAS(error.text, sentence);
}

/* Line LINE of the good text becomes NOW (NULL: is left out). */
static void change(char text[TEXT_BYTES], unsigned line, const char *now)
{
    const char *at = good;
    size_t size = 0;
    for (unsigned i = 1; i <= GOOD_LINES; i++) {
        size_t length = strcspn(at, "\n") + 1;
        if (i != line)
            size += (size_t)snprintf(text + size, TEXT_BYTES - size, "%.*s", (int)length, at);
        else if (now)
            size += (size_t)snprintf(text + size, TEXT_BYTES - size, "%s\n", now);
        at += length;
    }
}

static const struct {
    unsigned line;
    const char *now, *sentence;
} cases[] = {
    {1, "name", "'name' has no value"},
    {1, "name Mine", "the name cannot be 'Mine'"},
    {1, "name 2nd", "the name cannot be '2nd'"},
    {1, "name my own", "the name cannot be 'my'"},
    {1, "name a/b", "one word of 1 to 32 small letters"},
    {1, "name abcdefghijklmnopqrstuvwxyz0123456", "the name cannot be"},
    {2, "title", "'title' has no value"},
    {2, "title # nothing", "'title' has no value"},
    {2,
     "title a\x01"
     "b",
     "there is a byte 0x01"},
    {2, "title a\x1b[31m", "there is a byte 0x1b"},
    {2, "titel a protocol",
     "there is no key 'titel': name, title, primary, backup, failover, output, policy or expect"},
    {2, "\xef\xbb\xbftitle a", "there is no key"},
    {2, "name again", "'name' is there for the second time"},
    {3, "primary", "'primary' has no value"},
    {3, "primary run", "the primary's program never comes to 'take the clock'"},
    {3, "primary take-clock", "the primary's program never comes to 'run'"},
    {3, "primary run take-clock send-time add-due deliver next-epoch", "never comes to 'send [end, E]'"},
    {3, "primary run take-clock add-due deliver send-end next-epoch", "never comes to 'send [E, Tme]'"},
    {3, "primary run send-time take-clock add-due deliver send-end next-epoch", "'send [E, Tme]' comes before"},
    {3, "primary run take-clock send-time deliver add-due send-end next-epoch", "'deliver' comes before 'add what"},
    {3, "primary run run take-clock send-time add-due deliver send-end next-epoch", "'run' more than once"},
    {3, "primary run take-clock send-time add-due deliver send-end next-epoch loop", "there is no action 'loop'"},
    {3, "primary run, take-clock", "there is no action 'run,'"},
    {3, "primary RUN", "there is no action 'RUN': run, run-to-event, next-epoch, take-clock, add-due"},
    {3, "primary await-end", "'await-end' does not fit into the primary's program"},
    {3, "primary promote", "'promote' does not fit into the primary's program"},
    {3, "primary run take-clock send-time add-due deliver send-end next-epoch await-time", "does not fit"},
    {4, "backup run await-time take-clock add-due deliver next-epoch", "never comes to 'await [end, E+1]'"},
    {4, "backup run await-time take-clock await-end await-acks", "'await-acks' does not fit into the backup's program"},
    {4, "backup run await-end take-clock add-due deliver", "never comes to 'next epoch'"},
    {4, "backup run await-time take-clock add-due deliver next-epoch await-end", "comes before 'await [end, E+1]'"},
    {4, "backup join", "there is no action 'join'"},
    {4, "backup follow", "there is no action 'follow'"},
    {4, "backup stand", "there is no action 'stand'"},
    {5, "failover promote", "must begin with 'ask the arbiter'"},
    {5, "failover ask-arbiter fence connect tell-outstanding deliver next-epoch", "must end with 'promote'"},
    {5, "failover ask-arbiter connect tell-outstanding deliver next-epoch promote", "never comes to 'fence'"},
    {5, "failover ask-arbiter connect fence tell-outstanding deliver next-epoch promote", "'connect' comes before 'fe"},
    {5, "failover ask-arbiter fence connect deliver next-epoch promote", "never comes to 'tell of what is outst"},
    {5, "failover ask-arbiter fence connect tell-outstanding next-epoch promote", "is never delivered"},
    {5, "failover fence ask-arbiter connect tell-outstanding deliver next-epoch promote", "must begin with"},
    {5, "failover ask-arbiter fence send-end promote", "'send-end' does not fit into the failover's program"},
    {6, "output", "'output' has no value"},
    {6, "output never", "output cannot be 'never': at-once"},
    {6, "output await at-once", "output cannot be 'await'"},
    {6, "output at once", "output cannot be 'at'"},
    {7, "policy", "'policy' has no value"},
    {7, "policy retry", "policy cannot be 'retry': disconnect, uncertain or reissue is wanted"},
    {7, "policy the", "policy cannot be 'the'"},
    {7, "policy uncertain reissue", "policy cannot be 'uncertain'"},
    {7, "expect", "'expect' has no value"},
    {7, "expect rule", "'rule' is no exception"},
    {7, "expect rule 0", "'rule 0' is no exception"},
    {7, "expect rule 9", "'rule 9' is no exception"},
    {7, "expect rule 22", "'rule 22' is no exception"},
    {7, "expect 2", "'2' is no exception"},
    {7, "expect when losing", "'when losing' is no exception"},
    {7, "expect rule 2 when", "'when' is no exception"},
    {7, "expect rule 2 when lossy", "'when lossy' is no exception"},
    {7, "expect rule 2 when losing rule 3", "is no exception"},
    {7, "expect rule 2 of the epoch", "'of the epoch' is no exception"},
    {7, "expect rule 2 when losing of the last epoch", "is no exception"},
};

static void test_cases(struct check *t)
{
    char text[TEXT_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        change(text, cases[i].line, cases[i].now);
        refused(t, text, strlen(text), cases[i].line, cases[i].sentence);
    }
}

/* Each key is wanted, once. */
static void test_keys(struct check *t)
{
    char text[TEXT_BYTES], sentence[64];
    const char *at = good;
    for (unsigned line = 1; line <= GOOD_LINES; line++) {
        size_t length = strcspn(at, "\n") + 1;
        int key = (int)strcspn(at, " ");
        change(text, line, NULL);
        snprintf(sentence, sizeof sentence, "the file ends without '%.*s'", key, at);
        if (line != 2) /* the title may be left out */
            refused(t, text, strlen(text), GOOD_LINES - 1, sentence);
        snprintf(text, sizeof text, "%s%.*s", good, (int)length, at);
        snprintf(sentence, sizeof sentence, "'%.*s' is there for the second time", key, at);
        refused(t, text, strlen(text), GOOD_LINES + 1, sentence);
        at += length;
    }
}

/* Each word of each line misspelt, and with a byte in it that is no text. */
static void test_words(struct check *t)
{
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        bool begins = good[i] > ' ' && (i == 0 || good[i - 1] <= ' ');
        if (!begins)
            continue;
        text[i] = '\x02';
        refused(t, text, sizeof good - 1, 0, "there is a byte 0x02");
        text[i] = '\0';
        refused(t, text, sizeof good - 1, 0, "there is a byte 0x00");
        text[i] = 'Q';
        const char *line = good + i;
        while (line > good && line[-1] != '\n')
            line--;
        if (strncmp(line, "title", 5) != 0 || line == good + i) /* what a title says is its author's */
            refused(t, text, sizeof good - 1, 0, "Q");
    }
}

/* Cut off before the last key. */
static void test_cut(struct check *t)
{
    size_t last = (size_t)(strstr(good, "policy") - good);
    for (size_t size = 0; size <= last; size++)
        refused(t, good, size, 0, ":");
}

static void test_sizes(struct check *t)
{
    char sentence[64];
    size_t size = PROTOCOL_TEXT_BYTES_MAX + 1;
    char *text = calloc(1, size + 1);
    memset(text, '#', size);
    snprintf(sentence, sizeof sentence, "the file has %zu bytes", size);
    refused(t, text, size, 1, sentence);
    refused(t, text, size - 1, 1, "the file ends without 'name'");
    refused(t, "", 0, 0, "the file ends without 'name'");
    size = (size_t)snprintf(text, size, "primary");
    for (unsigned i = 0; i < PROGRAM_ACTIONS_MAX; i++)
        size += (size_t)sprintf(text + size, " deliver");
    refused(t, text, size, 1, "the primary's program has more than 23 actions");
    size = (size_t)sprintf(text, "title %200s", "long");
    text[6] = 'a';
    refused(t, text, size, 1, "the title has 200 bytes: 120 at most are wanted");
    free(text);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.protocol_file", argc, argv);
    test_built_in(&t);
    test_form(&t);
    test_cases(&t);
    test_keys(&t);
    test_words(&t);
    test_cut(&t);
    test_sizes(&t);
    return check_end(&t);
}
