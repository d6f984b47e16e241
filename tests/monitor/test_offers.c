/* test_offers.c - what Tab offers at a place: what fits there, and not what does not. */
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/program/complete.h"
#include "tests/check.h"

/* A line up to where Tab is pressed, one word that is offered (NULL: none), one that is not, and whether files are. */
static const struct {
    const char *line, *offered, *not_offered;
    bool files;
} rows[] = {
    {"rev", "reverse-step", "step", false},
    {"system --mo", "--mode", "--json", false},
    {"system --mode ", "pair", "--mode", false},
    {"system --mode=p", "pair", "solo", false},
    {"system --protocol ", "bs-revised", "pair", true},
    {"system --failover r", "reissue", "disconnect", false},
    {"system --keys ", "raw", "pair", false},
    {"system --set ", "drift-ppm=", "pair", false},
    {"system --mode pair --break-assumption ", "tlb", "pair", false},
    {"system --mode pair --crash ", "primary@instruction=", "instruction=", false},
    {"system --mode pair --crash backup@st", "backup@step=", "primary@step=", false},
    {"system --mode pair --crash primary@step=", "acks-awaited", "primary@step=", false},
    {"system --repair ", "epoch=", "primary@epoch=", false},
    {"system --disk ", NULL, "pair", true},
    {"system --seed 3 --", "--mode", NULL, false},
    {"crash ", "primary", "acks-awaited", false},
    {"crash primary ", "random", "primary", false},
    {"crash primary o", "operation=", "random", false},
    {"crash primary step=del", "delivered", "step=", false},
    {"repair ", "instruction=", "primary", false},
    {"flip backup r3 31 ", "time=", "backup", false},
    {"assume ", "tlb", "off", false},
    {"assume tlb ", "off", "tlb", false},
    {"arbiter ", "on", "tlb", false},
    {"break ", "epoch", "primary", false},
    {"break step ", "promoted", "epoch", false},
    {"assert ", "explainable", "exit", false},
    {"assert end ", "halted", "explainable", false},
    {"assert same-output ", NULL, "exit", true},
    {"expect ", "operator", "within", false},
    {"focus ", "backup", NULL, false},
    {"delete ", "fault", NULL, false},
    {"disk ", "commit", "instruction=", false},
    {"help rev", "reverse-epoch", "step", false},
    {"info ", "faults", "primary", false},
    {"set dr", "drift-ppm=", "disk-latency-us=", false},
    {"save ", NULL, "primary", true},
    {"trace o", "off", NULL, true},
    {"nonsense ", NULL, "primary", false},
    {"step ", NULL, "primary", false},
};

static bool has(const struct offers *offers, const char *word)
{
    for (size_t i = 0; i < offers->words.count; i++)
        if (strcmp(offers->words.at[i], word) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    struct check check = check_begin("monitor.offers", argc, argv), *t = &check;
    struct monitor monitor;
    monitor_init(&monitor, &command_table, stdout);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *line = rows[i].line;
        size_t start = strlen(line);
        struct offers offers;
        while (start && !strchr(" =,+", line[start - 1]))
            start--;
        offers_find(&offers, &monitor, line, start, line + start);
        bool good = (!rows[i].offered ? !offers.words.count : has(&offers, rows[i].offered)) &&
                    !(rows[i].not_offered && has(&offers, rows[i].not_offered)) && offers.files == rows[i].files;
        if (!good) {
            printf("'%s': %zu words, files %d:", line, offers.words.count, offers.files);
            for (size_t k = 0; k < offers.words.count && k < 40; k++)
                printf(" %s", offers.words.at[k]);
            printf("\n");
        }
        CHECK(good);
        offers_free(&offers);
    }
    monitor_free(&monitor);
    return check_end(t);
}
