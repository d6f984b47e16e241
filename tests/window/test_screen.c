/* test_screen.c - a terminal's screen after some bytes: ends of lines, what vi and top send, and nonsense. */
#include <string.h>

#include "mmu/base/rng.h"
#include "monitor/window/screen.h"
#include "tests/check.h"

static void holds(struct check *t, const char *bytes, int row, const char *wanted)
{
    struct screen screen;
    screen_of(&screen, (const uint8_t *)bytes, strlen(bytes));
    CHECK(!strcmp(screen.row[row], wanted));
    if (strcmp(screen.row[row], wanted) != 0)
        printf("row %d is '%s' and not '%s'\n", row, screen.row[row], wanted);
}

static void test_lines(struct check *t)
{
    char many[600] = "";
    struct screen screen;
    holds(t, "", 0, "");
    holds(t, "one\ntwo\r\nthree", 1, "two");
    holds(t, "one\ntwo\r\nthree", 2, "three");
    holds(t, "abc\rX", 0, "Xbc");
    holds(t, "abc\b\bX", 0, "aXc");
    holds(t, "a\tb", 0, "a       b");
    for (int i = 0; i < 100; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%d\n", i);
    holds(t, many, 0, "77"); /* what is above has scrolled off */
    holds(t, many, 22, "99");
    screen_of(&screen, (const uint8_t *)"one\ntwo", 7);
    CHECK_EQ(screen.cursor_row, 1);
    CHECK_EQ(screen.cursor_column, 3);
}

static void test_sequences(struct check *t)
{
    holds(t, "\x1b[2;3Hx", 1, "  x");
    holds(t, "abcdef\x1b[3D\x1b[K", 0, "abc");
    holds(t, "abcdef\x1b[1;3H\x1b[1K", 0, "   def");
    holds(t, "abc\x1b[2J\x1b[Hx", 0, "x");
    holds(t, "abc\ndef\x1b[1;2H\x1b[J", 0, "a");
    holds(t, "abc\ndef\x1b[1;2H\x1b[J", 1, "");
    holds(t, "\x1b[7mtop\x1b[0m -", 0, "top -");
    holds(t, "\x1b[10B\x1b[Ax", 9, "x");
    holds(t, "\x1b[5dx", 4, "x");
    holds(t, "\x1b[5Gx", 0, "    x");
    holds(t, "\x1b(Bok", 0, "ok");
    holds(t, "\x1b[?25lok", 0, "ok");
}

/* What only who wants to harm the host sends: a sequence with more parameters than a library may have room for, and
 * numbers without end. What comes behind it is there. */
static void test_hostile(struct check *t)
{
    static const char *const begins[] = {"\x1b[", "\x1b[?", "\x1b[38", "\x1b[1:", "\x1bP", "\x1b]4"};
    static const char finals[] = "mhlHJbXP@LMST";
    char bytes[512];
    struct screen screen;
    for (size_t begin = 0; begin < sizeof begins / sizeof begins[0]; begin++)
        for (size_t final = 0; finals[final]; final++) {
            size_t size = (size_t)snprintf(bytes, sizeof bytes, "%s", begins[begin]);
            memset(bytes + size, final % 2 ? ';' : ':', 300);
            size += 300;
            size += (size_t)snprintf(bytes + size, sizeof bytes - size, "%c\x1b\\\x1b[2J\x1b[Hhere", finals[final]);
            screen_of(&screen, (const uint8_t *)bytes, size);
            CHECK(!strcmp(screen.row[0], "here"));
        }
    for (size_t final = 0; finals[final]; final++) {
        size_t size = (size_t)snprintf(bytes, sizeof bytes, "x\x1b[2147483647%c\x1b[2J\x1b[Hhere", finals[final]);
        screen_of(&screen, (const uint8_t *)bytes, size);
        CHECK(!strcmp(screen.row[0], "here"));
    }
    holds(t, "\x1b[31;1;4;5;7;38;2;1;2;3;48;5;9;22;24;39;49mred", 0, "red");
    screen_of(&screen, (const uint8_t *)"\x1b[9999;9999Hx", 13);
    CHECK_EQ(strlen(screen.row[SCREEN_ROWS - 1]), SCREEN_COLUMNS);
    holds(t,
          "\x1b[2\x18"
          "a\x1b[2\x1b[3Gb\x1b\x1b[5Gc",
          0, "a b c");
    holds(t, "a\x1b[1\nGb", 1, "b"); /* an end of line in a sequence's middle */
}

/* Whatever comes, the screen is a screen. */
static void test_nonsense(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    static const char likely[] = "\x1b[]0123456789;HJKABCDmhlr\n\r\b\t xyz";
    for (int round = 0; round < 300; round++) {
        uint8_t bytes[400];
        struct screen screen;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = rng_upto(&rng, 3) ? (uint8_t)likely[rng_upto(&rng, sizeof likely - 2)] : (uint8_t)rng_next(&rng);
        screen_of(&screen, bytes, sizeof bytes);
        CHECK(screen.cursor_row >= 0 && screen.cursor_row < SCREEN_ROWS && screen.cursor_column >= 0 &&
              screen.cursor_column < SCREEN_COLUMNS);
        for (int row = 0; row < SCREEN_ROWS; row++)
            CHECK(memchr(screen.row[row], '\0', sizeof screen.row[row]) != NULL);
    }
}

int main(int argc, char **argv)
{
    struct check t = check_begin("window.screen", argc, argv);
    test_lines(&t);
    test_sequences(&t);
    test_hostile(&t);
    test_nonsense(&t);
    return check_end(&t);
}
