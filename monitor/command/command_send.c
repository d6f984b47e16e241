/* command_send.c - what a person does from a script: types at the terminal, presses a key, moves the pointer. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/display.h"
#include "io/input_event.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"

static bool send_key(struct monitor *monitor, const char *name, const char *way, struct error *error)
{
    uint32_t code;
    uint64_t number;
    bool down = strcmp(way, "down") == 0;
    if (!down && strcmp(way, "up") != 0)
        return error_set(error, "a key goes 'down' or 'up': '%s' is neither", way);
    if (!input_key_find(name, &code)) {
        if (!text_number(name, &number) || number > INPUT_CODE_MAX)
            return error_set(
                error, "'%s' is no key: a character is wanted, a name like 'enter' or 'left', or a code of 24 bits",
                name);
        code = (uint32_t)number;
    }
    system_key(monitor->system, code, down);
    return true;
}

static bool send_pointer(struct monitor *monitor, char *const *words, struct error *error)
{
    static const struct {
        const char *what;
        uint64_t below;
    } parts[] = {{"x", DISPLAY_WIDTH}, {"y", DISPLAY_HEIGHT}, {"sum of buttons", INPUT_BUTTONS_ALL + 1}};
    uint64_t value[3];
    for (unsigned i = 0; i < 3; i++)
        if (!text_number(words[i], &value[i]) || value[i] >= parts[i].below)
            return error_set(error, "'%s' is no %s of the pointer: 0 to %" PRIu64, words[i], parts[i].what,
                             parts[i].below - 1);
    system_pointer(monitor->system, (uint32_t)value[0], (uint32_t)value[1], (uint32_t)value[2]);
    return true;
}

bool command_send(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    size_t size;
    if (!monitor_wants_image(monitor, error))
        return false;
    if (arguments->count == 3 && strcmp(arguments->at[0], "key") == 0)
        return send_key(monitor, arguments->at[1], arguments->at[2], error);
    if (arguments->count == 4 && strcmp(arguments->at[0], "pointer") == 0)
        return send_pointer(monitor, arguments->at + 1, error);
    if (arguments->count != 1)
        return error_set(error, "a text with blanks is wanted in quotes: 'send \"TEXT\\n\"'");
    char *text = strdup(arguments->at[0]);
    memory_need(text);
    bool good = text_unescape(text, &size, error);
    if (good)
        system_type(monitor->system, text, size);
    free(text);
    return good;
}
