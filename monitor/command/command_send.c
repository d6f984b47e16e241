/* command_send.c - what a person does from a script: types at the terminal, presses a key, moves the pointer. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/display.h"
#include "io/input_event.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"

static bool take_key(const char *name, const char *way, struct doing *doing, struct error *error)
{
    uint64_t number;
    doing->is_key = true;
    doing->down = strcmp(way, "down") == 0;
    if (!doing->down && strcmp(way, "up") != 0)
        return error_set(error, "a key goes 'down' or 'up': '%s' is neither", way);
    if (input_key_find(name, &doing->code))
        return true;
    if (!text_number(name, &number) || number > INPUT_CODE_MAX)
        return error_set(
            error, "'%s' is no key: a character is wanted, a name like 'enter' or 'left', or a code of 24 bits", name);
    doing->code = (uint32_t)number;
    return true;
}

static bool take_pointer(char *const *words, struct doing *doing, struct error *error)
{
    const struct {
        const char *what;
        uint64_t below;
        uint32_t *to;
    } parts[] = {{"x", DISPLAY_WIDTH, &doing->x},
                 {"y", DISPLAY_HEIGHT, &doing->y},
                 {"sum of buttons", INPUT_BUTTONS_ALL + 1, &doing->buttons}};
    for (unsigned i = 0; i < 3; i++) {
        uint64_t value;
        if (!text_number(words[i], &value) || value >= parts[i].below)
            return error_set(error, "'%s' is no %s of the pointer: 0 to %" PRIu64, words[i], parts[i].what,
                             parts[i].below - 1);
        *parts[i].to = (uint32_t)value;
    }
    return true;
}

bool doing_is(unsigned count, char *const *words)
{
    return (count == 3 && strcmp(words[0], "key") == 0) || (count == 4 && strcmp(words[0], "pointer") == 0);
}

bool doing_take(char *const *words, struct doing *doing, struct error *error)
{
    *doing = (struct doing){0};
    return strcmp(words[0], "key") == 0 ? take_key(words[1], words[2], doing, error)
                                        : take_pointer(words + 1, doing, error);
}

static bool send_doing(struct monitor *monitor, char *const *words, struct error *error)
{
    struct doing doing;
    if (!doing_take(words, &doing, error))
        return false;
    if (doing.is_key)
        system_key(monitor->system, doing.code, doing.down);
    else
        system_pointer(monitor->system, doing.x, doing.y, doing.buttons);
    return true;
}

bool command_send(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    size_t size;
    if (!monitor_wants_image(monitor, error))
        return false;
    if (doing_is(arguments->count, arguments->at))
        return send_doing(monitor, arguments->at, error);
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
