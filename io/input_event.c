/* input_event.c - see input_event.h. */
#include "io/input_event.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { KIND_SHIFT = 24 };

static const struct {
    const char *name;
    uint32_t code;
} keys[] = {
    {"backspace", KEY_BACKSPACE},
    {"tab", KEY_TAB},
    {"enter", KEY_ENTER},
    {"escape", KEY_ESCAPE},
    {"space", KEY_SPACE},
    {"delete", KEY_DELETE},
    {"up", KEY_ARROW_UP},
    {"down", KEY_ARROW_DOWN},
    {"left", KEY_ARROW_LEFT},
    {"right", KEY_ARROW_RIGHT},
    {"home", KEY_HOME},
    {"end", KEY_END},
    {"page-up", KEY_PAGE_UP},
    {"page-down", KEY_PAGE_DOWN},
    {"insert", KEY_INSERT},
    {"shift", KEY_SHIFT},
    {"control", KEY_CONTROL},
    {"alt", KEY_ALT},
    {"f1", KEY_F1},
    {"f2", KEY_F1 + 1},
    {"f3", KEY_F1 + 2},
    {"f4", KEY_F1 + 3},
    {"f5", KEY_F1 + 4},
    {"f6", KEY_F1 + 5},
    {"f7", KEY_F1 + 6},
    {"f8", KEY_F1 + 7},
    {"f9", KEY_F1 + 8},
    {"f10", KEY_F1 + 9},
    {"f11", KEY_F1 + 10},
    {"f12", KEY_F1 + 11},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

uint32_t input_event(enum input_event_kind kind, uint32_t code)
{
    assert(kind >= INPUT_KEY_DOWN && kind < INPUT_EVENT_KINDS && code <= INPUT_CODE_MAX);
    return (uint32_t)kind << KIND_SHIFT | code;
}

enum input_event_kind input_event_kind(uint32_t event)
{
    return event >> KIND_SHIFT;
}

uint32_t input_event_code(uint32_t event)
{
    return event & INPUT_CODE_MAX;
}

bool input_event_good(uint32_t event)
{
    uint32_t kind = event >> KIND_SHIFT;
    return kind >= INPUT_KEY_DOWN && kind < INPUT_EVENT_KINDS;
}

void input_event_describe(uint32_t event, char *text)
{
    static const char *const kinds[INPUT_EVENT_KINDS] = {
        [INPUT_KEY_DOWN] = "key down",   [INPUT_KEY_UP] = "key up",    [INPUT_POINTER_X] = "pointer x",
        [INPUT_POINTER_Y] = "pointer y", [INPUT_BUTTONS] = "buttons",
    };
    assert(input_event_good(event));
    enum input_event_kind kind = input_event_kind(event);
    const char *format = kind == INPUT_KEY_DOWN || kind == INPUT_KEY_UP ? "%s 0x%02" PRIx32 : "%s %" PRIu32;
    snprintf(text, INPUT_EVENT_TEXT_BYTES, format, kinds[kind], input_event_code(event));
}

bool input_key_find(const char *name, uint32_t *code)
{
    if (name[0] > ' ' && name[0] <= '~' && !name[1]) {
        *code = (uint8_t)name[0];
        return true;
    }
    for (unsigned i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].name, name) != 0)
            continue;
        *code = keys[i].code;
        return true;
    }
    return false;
}

const char *input_key_name(unsigned index)
{
    return index < KEYS ? keys[index].name : NULL;
}
