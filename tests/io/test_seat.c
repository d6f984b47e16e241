/* test_seat.c - keyboard and pointer: events are numbered and may be asked for again, moves between two frames are one,
 * and what happened before a key or button comes before it. The names of keys.
 */
#include "io/seat.h"

#include <string.h>

#include "io/display.h"
#include "io/input_event.h"
#include "tests/check.h"

static void holds(struct check *t, struct seat *seat, const uint32_t *wanted, uint64_t count)
{
    uint32_t event;
    for (unsigned round = 0; round < 2; round++)
        for (uint64_t i = 0; i < count; i++) {
            CHECK(seat_event(seat, i, &event));
            CHECK_EQ(event, wanted[i]);
        }
    CHECK(!seat_event(seat, count, &event));
    CHECK_EQ(seat->events.count, count);
}

static void test_keys(struct check *t)
{
    struct seat seat = {0};
    static const uint32_t wanted[] = {0x01000061, 0x01000110, 0x02000061, 0x02000110};
    holds(t, &seat, NULL, 0);
    seat_key(&seat, 'a', true);
    seat_key(&seat, KEY_SHIFT, true);
    holds(t, &seat, wanted, 2);
    seat_key(&seat, 'a', false);
    seat_key(&seat, KEY_SHIFT, false);
    holds(t, &seat, wanted, 4);
    seat_free(&seat);
}

static void test_pointer(struct check *t)
{
    struct seat seat = {0};
    uint32_t event;
    static const uint32_t wanted[] = {0x03000005, 0x04000007, 0x05000001, 0x0300000A, 0x0400000B,
                                      0x05000000, 0x0300027F, 0x01000061, 0x040001DF};
    seat_pointer(&seat, 1, 1, 0); /* a thousand moves, and nobody has looked */
    seat_pointer(&seat, 9, 3, 0);
    seat_pointer(&seat, 5, 7, 0);
    CHECK_EQ(seat.events.count, 0);
    CHECK(seat_event(&seat, 0, &event));
    seat_pointer(&seat, 5, 7, 0); /* where it is */
    holds(t, &seat, wanted, 2);
    seat_pointer(&seat, 5, 7, 1);
    seat_pointer(&seat, 10, 11, 1); /* dragged, then let go there */
    seat_pointer(&seat, 10, 11, 0);
    holds(t, &seat, wanted, 6);
    seat_pointer(&seat, 5000, 11, 0); /* no display is that wide */
    seat_key(&seat, 'a', true);
    seat_pointer(&seat, UINT32_MAX, UINT32_MAX, 0);
    holds(t, &seat, wanted, 9);
    struct seat other = {0};
    seat_repeat(&other, &seat);
    holds(t, &other, wanted, 9);
    seat_forget(&seat, 4); /* the numbers of the others stay */
    CHECK(!seat_event(&seat, 3, &event));
    CHECK(seat_event(&seat, 4, &event) && event == wanted[4]);
    CHECK(seat_event(&seat, 8, &event) && event == wanted[8]);
    CHECK(!seat_event(&seat, 9, &event));
    seat_forget(&seat, 5);
    CHECK(!seat_event(&seat, 9, &event));
    seat_key(&seat, 'b', true);
    CHECK(seat_event(&seat, 9, &event) && event == 0x01000062);
    seat_free(&other);
    seat_free(&seat);
}

static void test_events(struct check *t)
{
    char text[INPUT_EVENT_TEXT_BYTES];
    CHECK_EQ(input_event(INPUT_POINTER_X, 639), 0x0300027F);
    CHECK_EQ(input_event(INPUT_BUTTONS, INPUT_CODE_MAX), 0x05FFFFFF);
    CHECK_EQ(input_event_kind(0x05FFFFFF), INPUT_BUTTONS);
    CHECK_EQ(input_event_code(0x05FFFFFF), INPUT_CODE_MAX);
    static const uint32_t bad[] = {0, 0x00FFFFFF, 0x06000000, UINT32_MAX};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!input_event_good(bad[i]));
    input_event_describe(0x01FFFFFF, text);
    CHECK(!strcmp(text, "key down 0xffffff"));
    input_event_describe(0x04FFFFFF, text);
    CHECK(!strcmp(text, "pointer y 16777215"));
}

static void test_names(struct check *t)
{
    uint32_t code, before = 0;
    for (unsigned i = 0; input_key_name(i); i++) {
        CHECK(input_key_find(input_key_name(i), &code) && code <= INPUT_CODE_MAX);
        for (unsigned k = 0; k < i; k++)
            CHECK(strcmp(input_key_name(i), input_key_name(k)) != 0 && input_key_find(input_key_name(k), &before) &&
                  before != code);
    }
    CHECK(input_key_find("a", &code) && code == 'a');
    CHECK(input_key_find("7", &code) && code == '7'); /* a character, and no number */
    static const char *const none[] = {"", " ", "\x7f", "\xc3", "Enter", "ent", "f13", "0x10", "aa"};
    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++)
        CHECK(!input_key_find(none[i], &code));
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.seat", argc, argv);
    test_keys(&t);
    test_pointer(&t);
    test_events(&t);
    test_names(&t);
    return check_end(&t);
}
