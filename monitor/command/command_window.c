/* command_window.c - the window, and pictures of it. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/window/window.h"

/* "1280x800". */
static bool is_size(const char *word, uint64_t *width, uint64_t *height)
{
    char text[32];
    const char *x = strchr(word, 'x');
    if (!x || strlen(word) >= sizeof text)
        return false;
    memcpy(text, word, (size_t)(x - word));
    text[x - word] = '\0';
    return text_number(text, width) && text_number(x + 1, height);
}

static bool take_epochs(struct window *window, const char *word, struct error *error)
{
    uint64_t epochs;
    if (!text_number(word, &epochs) || !epochs || epochs > WINDOW_EPOCHS_MOST)
        return error_set(error, "'%s' is no number of epochs for the time line: 1 to %d", word, WINDOW_EPOCHS_MOST);
    window_epochs(window, (unsigned)epochs);
    return true;
}

static bool drag(struct window *window, char *const *words, struct error *error)
{
    uint64_t x, y, to_x, to_y;
    if (!is_size(words[0], &x, &y) || !is_size(words[1], &to_x, &to_y) || x > INT16_MAX || y > INT16_MAX ||
        to_x > INT16_MAX || to_y > INT16_MAX)
        return error_set(error, "two places of the window are wanted: 'window drag 100x700 40x700'");
    return window_drag(window, (int)x, (int)y, (int)to_x, (int)to_y, error);
}

static bool take_font(struct monitor *monitor, const char *path, struct error *error)
{
    return reach_file(monitor, path, error) && claims_read(&monitor->claims, path, "a font", error) &&
           window_font(window_of(monitor), path, error);
}

bool command_window(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct window *window = window_of(monitor);
    const char *word = arguments->count ? arguments->at[0] : "open";
    uint64_t width, height;
    if (is_size(word, &width, &height))
        return window_size(window, width, height, error);
    if (arguments->count == 3 && strcmp(word, "drag") == 0)
        return drag(window, arguments->at + 1, error);
    if (arguments->count == 2) {
        const char *what = arguments->at[1];
        if (strcmp(word, "font") == 0 && !reach_file(monitor, what, error))
            return false;
        return strcmp(word, "key") == 0    ? window_press(window, what, error)
               : strcmp(word, "font") == 0 ? take_font(monitor, what, error)
               : strcmp(word, "epochs") == 0
                   ? take_epochs(window, what, error)
                   : error_set(error, "'window %s %s' is nothing: see 'help window'", word, what);
    }
    if (strcmp(word, "open") == 0)
        return window_open(window, error);
    if (strcmp(word, "close") == 0)
        window_close(window);
    else if (strcmp(word, "describe") == 0)
        window_describe(window, monitor->out);
    else if (strcmp(word, "frames") == 0)
        window_frames(window, monitor->out);
    else if (strcmp(word, "light") == 0 || strcmp(word, "dark") == 0)
        window_dark(window, *word == 'd');
    else
        return error_set(error, "'window %s' is nothing: see 'help window'", word);
    return true;
}

bool command_screenshot(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t size;
    if (!reach_file(monitor, arguments->at[0], error) || !window_screenshot(window_of(monitor), &bytes, &size, error))
        return false;
    bool good = monitor_write_file(monitor, arguments->at[0], "the picture", bytes, size, error);
    free(bytes);
    return good;
}
