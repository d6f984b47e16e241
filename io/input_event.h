/* input_event.h - what is done at keyboard and pointer, as a guest is told it: one word, `kind << 24 | code`
 * (docs/board.md, "Display and input").
 *
 * The code of a key that types a character is that character's, without shift; the others are in a table with names,
 * which persons and scripts use for all of them.
 */
#ifndef US_IO_INPUT_EVENT_H
#define US_IO_INPUT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum input_event_kind {
    INPUT_KEY_DOWN = 1,
    INPUT_KEY_UP,
    INPUT_POINTER_X,
    INPUT_POINTER_Y,
    INPUT_BUTTONS, /* those that are down: 1 left, 2 middle, 4 right */
    INPUT_EVENT_KINDS
};

enum input_key {
    KEY_BACKSPACE = 0x08,
    KEY_TAB = 0x09,
    KEY_ENTER = 0x0D,
    KEY_ESCAPE = 0x1B,
    KEY_SPACE = 0x20,
    KEY_DELETE = 0x7F,
    KEY_ARROW_UP = 0x100,
    KEY_ARROW_DOWN,
    KEY_ARROW_LEFT,
    KEY_ARROW_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_INSERT,
    KEY_SHIFT = 0x110,
    KEY_CONTROL,
    KEY_ALT,
    KEY_F1 = 0x121, /* to KEY_F1 + 11 */
};

#define INPUT_CODE_MAX UINT32_C(0x00FFFFFF)
enum { INPUT_BUTTONS_ALL = 7 };

/* The event CODE (at most INPUT_CODE_MAX) of KIND; its parts. */
uint32_t input_event(enum input_event_kind kind, uint32_t code);
enum input_event_kind input_event_kind(uint32_t event);
uint32_t input_event_code(uint32_t event);
/* Is EVENT, which came from outside, one? */
bool input_event_good(uint32_t event);
/* "key down 0x61", "pointer x 320": for a person. TEXT has room for INPUT_EVENT_TEXT_BYTES. */
enum { INPUT_EVENT_TEXT_BYTES = 32 };
void input_event_describe(uint32_t event, char *text);

/* The code of the key NAME: one character of ASCII, or "enter", "left", "f1", ... False: there is none. */
bool input_key_find(const char *name, uint32_t *code);
/* The name of row INDEX of that table; NULL at its end. */
const char *input_key_name(unsigned index);

#endif
