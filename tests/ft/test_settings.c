/* test_settings.c - the table of settings: every row complete and within its limits, every value that is formatted is
 * read back, and what is refused is refused in one line and changes nothing.
 */
#include "ft/settings.h"

#include "mmu/base/rng.h"
#include "tests/check.h"

/* The names that scripts use (docs/commands.md, "Settings"): they may not go. */
static const char *const names[] = {
    "clock-hz",         "world-clock",    "trap-delay",     "tlb-entries",         "tlb-combined",
    "disk-latency-us",  "disk-spread-us", "drift-ppm",      "channel-latency-us",  "channel-bits-per-s",
    "channel-crash",    "heartbeat-us",   "timeout-us",     "digest-epochs",       "lag-epochs",
    "snapshot-mib",     "epoch-counts",   "epoch-on-drain", "epoch-on-idle",       "drain-priv",
    "cost-simulate-us", "cost-epoch-us",  "cost-other-us",  "cost-instruction-ns", "processors",
};

static uint64_t stored(const struct settings *settings, const struct setting_row *row)
{
    uint64_t value;
    memcpy(&value, (const char *)settings + row->offset, sizeof value);
    return value;
}

static const struct setting_row *row_of(const char *name)
{
    for (size_t i = 0; i < setting_count; i++)
        if (!strcmp(setting_rows[i].name, name))
            return &setting_rows[i];
    return NULL;
}

static void test_rows(struct check *t)
{
    struct settings settings;
    uint8_t covered[sizeof settings] = {0};
    memset(&settings, 0xEE, sizeof settings);
    settings_defaults(&settings);
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        CHECK(row_of(row->name) == row); /* no name twice */
        CHECK(row->minimum <= row->initial && row->initial <= row->maximum);
        CHECK(row->scale == 1 || row->scale == 1000);
        CHECK(row->unit[0] && row->title[0]);
        CHECK_EQ(stored(&settings, row), row->initial);
        for (unsigned byte = 0; byte < 8; byte++)
            covered[row->offset + byte]++;
    }
    for (size_t i = 0; i < sizeof covered; i++)
        CHECK_EQ(covered[i], 1); /* every member has one row */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK(row_of(names[i]) != NULL);
}

static void round_trip(struct check *t, const struct setting_row *row, uint64_t value)
{
    struct settings from, to;
    char text[64];
    struct error error = {{0}};
    settings_defaults(&from);
    settings_defaults(&to);
    memcpy((char *)&from + row->offset, &value, sizeof value);
    settings_format(&from, row, text, sizeof text);
    CHECK(settings_set(&to, row->name, text, &error));
    if (stored(&to, row) != value)
        printf("%s: %s\n", row->name, text);
    CHECK(!memcmp(&from, &to, sizeof from)); /* that one, and no other */
}

static void test_round_trip(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        round_trip(t, row, row->initial);
        round_trip(t, row, row->minimum);
        round_trip(t, row, row->maximum);
        for (unsigned k = 0; k < 200; k++)
            round_trip(t, row, row->minimum + rng_upto(&rng, row->maximum - row->minimum));
    }
}

static void refused(struct check *t, const char *name, const char *text)
{
    struct settings settings, before;
    struct error error = {{0}};
    settings_defaults(&settings);
    before = settings;
    if (settings_set(&settings, name, text, &error)) {
        printf("%s=%s was taken\n", name, text);
        CHECK(!"must be refused");
    }
    CHECK(!memcmp(&settings, &before, sizeof before));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, name);
    CHECK(!settings_set(&settings, name, text, NULL));
}

static void test_refusals(struct check *t)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1x",
                                      "0x10",
                                      "1e3",
                                      ".5",
                                      "1,5",
                                      "99999999999999999999",
                                      "18446744073709551616",
                                      "18446744073709551615",
                                      "1.2345",
                                      "nan",
                                      "1..2"};
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        char text[64];
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
            refused(t, row->name, bad[k]);
        snprintf(text, sizeof text, "%" PRIu64, row->maximum / row->scale + 1);
        refused(t, row->name, text);
        if (row->minimum) {
            snprintf(text, sizeof text, "%" PRIu64, row->minimum / row->scale - 1);
            refused(t, row->name, text);
        }
        if (row->scale == 1)
            refused(t, row->name, "1.5");
    }
    refused(t, "no-such-setting", "1");
    refused(t, "", "1");
    refused(t, "clock", "50000000"); /* no abbreviation */
    refused(t, "CLOCK-HZ", "50000000");
}

/* The costs take decimals: the paper's 15.12 us and 442.59 us exactly. */
static void test_decimals(struct check *t)
{
    struct settings settings;
    char text[64];
    settings_defaults(&settings);
    CHECK(settings_set(&settings, "cost-simulate-us", "15.12", NULL));
    CHECK_EQ(settings.cost_simulate_ns, 15120);
    settings_format(&settings, row_of("cost-simulate-us"), text, sizeof text);
    CHECK_TEXT(text, "15.120");
    CHECK(settings_set(&settings, "cost-epoch-us", "442.59", NULL));
    CHECK_EQ(settings.cost_epoch_ns, 442590);
    CHECK(settings_set(&settings, "cost-instruction-ns", "0.001", NULL));
    CHECK_EQ(settings.cost_instruction_ps, 1);
    CHECK(settings_set(&settings, "cost-instruction-ns", "20", NULL));
    CHECK_EQ(settings.cost_instruction_ps, 20000);
    CHECK(settings_set(&settings, "cost-instruction-ns", "007.050", NULL)); /* decimal, not octal */
    CHECK_EQ(settings.cost_instruction_ps, 7050);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.settings", argc, argv);
    test_rows(&t);
    test_round_trip(&t);
    test_refusals(&t);
    test_decimals(&t);
    return check_end(&t);
}
