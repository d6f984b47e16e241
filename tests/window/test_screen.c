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
    test_nonsense(&t);
    return check_end(&t);
}
