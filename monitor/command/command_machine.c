/* command_machine.c - commands about the machine and the session: system, load, focus, quit. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/hosts.h"
#include "monitor/command/command.h"
#include "mmu/base/memory.h"
#include "monitor/base/installed.h"
#include "monitor/base/text.h"
#include "monitor/session/number.h"
#include "monitor/session/recorder.h"
#include "monitor/session/drive.h"

/* The value WORD of an option, with what its variables hold and what its expressions come to; to be freed. NULL with
 * one line in ERROR. */
static char *option_value(const struct monitor *monitor, const char *word, enum option_value kind, struct error *error)
{
    char *text = number_substitute(monitor, word, kind == OPTION_TEXT), written[256];
    const char *equals = strchr(text, '=');
    uint64_t number, size;
    if (kind == OPTION_PLACE) {
        bool good = number_write_fault(monitor, text, written, sizeof written, error);
        free(text);
        text = good ? strdup(written) : NULL;
        memory_need(text || !good);
        return text;
    }
    size_t name = kind == OPTION_SETTING && equals ? (size_t)(equals - text) + 1 : 0;
    bool computed = (kind == OPTION_NUMBER && !text_size(text, &size)) || (name && strchr(text, '$'));
    if (computed && number_read(monitor, text + name, &number)) {
        snprintf(written, sizeof written, "%.*s%" PRIu64, (int)name, text, number);
        free(text);
        text = strdup(written);
        memory_need(text);
    }
    return text;
}

/* Word INDEX of ARGUMENTS, options, the same way. */
static char *option_word(const struct monitor *monitor, const struct arguments *arguments, unsigned index,
                         struct error *error)
{
    const char *word = arguments->at[index], *before = index ? arguments->at[index - 1] : "";
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    if (options_value_follows(before, OPTIONS_SYSTEM))
        return option_value(monitor, word, options_value(before, OPTIONS_SYSTEM), error);
    char *value = option_value(monitor, equals ? equals + 1 : word,
                               equals ? options_value(word, OPTIONS_SYSTEM) : OPTION_TEXT, error);
    char *whole = NULL;
    int length = value ? asprintf(&whole, "%.*s%s", equals ? (int)(equals + 1 - word) : 0, word, value) : 0;
    memory_need(length >= 0);
    free(value);
    return whole;
}

/* What stands in a file of options may name other files. */
static bool refuse_file(void *arg, const char *path, struct error *error)
{
    (void)arg;
    return error_set(error, "'@%.200s': no files of options where not every file may be read", path);
}

/* Take ARGUMENTS, what their variables and expressions stand for, into OPTIONS. */
static bool take_options(const struct monitor *monitor, const struct arguments *arguments, struct options *options,
                         struct error *error)
{
    char *words[WORDS_MAX + 1] = {NULL};
    unsigned count = 0;
    bool good = true;
    for (; good && count < arguments->count; count += good)
        good = (words[count] = option_word(monitor, arguments, count, error)) != NULL;
    if (monitor->reach.kind != REACH_ALL)
        options->permit = refuse_file;
    good = good && options_parse(options, OPTIONS_SYSTEM, count, words, error);
    while (count)
        free(words[--count]);
    return good;
}

/* The settings that an earlier `set` or `system` has left other than they are by default, and ARGUMENTS do not give. */
static void say_settings_kept(const struct monitor *monitor, const struct arguments *arguments)
{
    struct settings initial;
    bool said = false;
    settings_defaults(&initial);
    for (size_t i = 0; i < setting_count; i++) {
        char value[32], usual[32];
        bool given = false;
        settings_format(&monitor->options.config.settings, &setting_rows[i], value, sizeof value);
        settings_format(&initial, &setting_rows[i], usual, sizeof usual);
        size_t length = strlen(setting_rows[i].name);
        for (unsigned k = 0; k < arguments->count; k++) {
            const char *word = arguments->at[k] + (strncmp(arguments->at[k], "--set=", 6) ? 0 : 6);
            given |= strncmp(word, setting_rows[i].name, length) == 0 && word[length] == '=';
        }
        if (given || strcmp(value, usual) == 0)
            continue;
        fprintf(monitor->out, "%s%s=%s", said ? ", " : "settings that stay: ", setting_rows[i].name, value);
        said = true;
    }
    if (said)
        fprintf(monitor->out, "\n");
}

bool command_system(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct options before = monitor->options, options;
    options_init(&options);
    options.config.settings = before.config.settings;
    if (!take_options(monitor, arguments, &options, error)) {
        options_free(&options);
        return false;
    }
    if (options.help) {
        options_help(monitor->out, OPTIONS_SYSTEM);
        options_free(&options);
        return true;
    }
    if (!reach_options(monitor, &options, error)) {
        options_free(&options);
        return false;
    }
    char *image_before = monitor->image_path;
    monitor->options = options;
    monitor->image_path = options.kernel ? strdup(options.kernel) : NULL;
    memory_need(monitor->image_path || !options.kernel);
    if (!monitor_build(monitor, options.kernel != NULL, error)) {
        free(monitor->image_path);
        monitor->image_path = image_before;
        monitor->options = before;
        options_free(&options);
        return false;
    }
    options_free(&before);
    free(image_before);
    monitor->image_saved = false;
    recorder_forget(monitor);
    say_settings_kept(monitor, arguments);
    return true;
}

bool command_load(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!arguments->count && !monitor->image_path)
        return error_set(error, "there is no image to load again: 'load IMAGE' is wanted");
    if (!arguments->count && monitor->image_saved)
        return error_set(error, "the image came with the save file: 'load IMAGE' is wanted");
    if (arguments->count && monitor->replay)
        return error_set(error, "a recording is being replayed: 'system' ends that, 'load' begins it again");
    if (arguments->count && monitor->options.kernel)
        return error_set(error, "this system starts the kernel '%s': 'system' without --kernel makes one for an image",
                         monitor->options.kernel);
    char path[PATH_MAX], *before = monitor->image_path;
    const char *image = arguments->count ? installed_guest(arguments->at[0], path) : NULL;
    /* A guest that came with the program is nobody's secret. */
    if (image && image == arguments->at[0] && !reach_file(monitor, image, error))
        return false;
    if (image) {
        monitor->image_path = strdup(image);
        memory_need(monitor->image_path);
    }
    bool good = monitor_build(monitor, true, error);
    if (good)
        monitor->image_saved = false;
    if (arguments->count) {
        free(good ? before : monitor->image_path);
        if (!good)
            monitor->image_path = before;
    }
    return good;
}

bool command_reset(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return drive_can(monitor, error) && system_reset(monitor->system, monitor->focus, error);
}

bool command_focus(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    if (!arguments->count) {
        fprintf(monitor->out, "%s\n", monitor_looked_name(monitor, monitor->focus));
        return true;
    }
    const char *role = arguments->at[0];
    bool computer = strcmp(role, "primary") == 0 || strcmp(role, "backup") == 0;
    if (!computer && system_look(monitor->system, monitor->focus, role, NULL)) {
        monitor->disassemble_goes_on = false;
        return true;
    }
    if (!computer)
        return error_set(error, "'%s' is no computer: primary or backup is wanted, or a VM of this one", role);
    if (system_computers(monitor->system) < 2)
        return error_set(error, "there is one computer: 'system --mode pair' makes two");
    enum role wanted = *role == 'p' ? ROLE_PRIMARY : ROLE_BACKUP;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (computer_alive(monitor->system, i) && computer_role(monitor->system, i) == wanted) {
            monitor->focus = i;
            system_look(monitor->system, i, NULL, NULL);
            monitor->disassemble_goes_on = false;
            return true;
        }
    }
    return error_set(error, "there is no %s now: it has failed", role);
}

bool command_quit(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    monitor->quit = true; /* whoever runs the session commits, as at the end of a script */
    return true;
}
