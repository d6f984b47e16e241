/* option_rows.h - the table of options: what each is called, takes and says of itself. */
#ifndef US_MONITOR_SESSION_OPTION_ROWS_H
#define US_MONITOR_SESSION_OPTION_ROWS_H

#include "monitor/session/options.h"

/* Take VALUE for the option NAME. */
typedef bool option_take(struct options *options, const char *name, const char *value, struct error *error);

/* The name of value INDEX, NULL at the end. */
typedef const char *option_choice(unsigned index);

enum option_kind {
    OPTION_PLAIN,
    OPTION_PAIR_ONLY, /* refused unless --mode pair */
    OPTION_TWO,       /* refused unless there are two computers */
    OPTION_FLAG,      /* has no value */
};

struct option_row {
    const char *name;
    const char *argument; /* NULL: none, or one of the choices */
    const char *initial, *help;
    const char *condition; /* NULL: what its kind says */
    unsigned users;        /* enum options_user flags */
    enum option_kind kind;
    enum option_value value;
    option_take *take;
    option_choice *choice; /* the names in its argument or, if that is given, at the beginning of its help; or NULL */
};

extern const struct option_row option_rows[];
extern const unsigned option_row_count;

/* option_values.c */
option_take option_take_mode, option_take_protocol, option_take_failover, option_take_epoch, option_take_ram,
    option_take_disk, option_take_virtio, option_take_seed, option_take_console, option_take_crash, option_take_broken,
    option_take_computer, option_take_repair, option_take_timeout, option_take_kernel, option_take_initrd,
    option_take_append, option_take_engine, option_take_keys, option_take_json, option_take_record, option_take_gdb,
    option_take_window, option_take_threads, option_take_jobs, option_take_probes, option_take_to_the_end,
    option_take_sample, option_take_points, option_take_faults, option_take_shard, option_take_csv, option_take_svg,
    option_take_beside, option_take_set, option_take_trusted, option_take_help;
option_choice option_mode_choice, option_keys_choice, option_failover_choice, option_console_choice,
    option_engine_choice, option_assumption_choice, option_fault_choice;
/* option_vm.c */
option_take option_take_vm;

/* The words of a command line, after each @FILE has become the words that are in that file, blanks and lines between
 * them, quotes as in the monitor, # before a comment (option_files.c). Owned. */
struct option_words {
    char **at;
    unsigned count;
    struct options *options; /* for which they are */
    enum options_user user;
    bool value; /* the next one is an option's value, whatever it begins with */
};
/* FROM[0..COUNT), which USER gives for OPTIONS, into WORDS. False with one line in ERROR: a file cannot be read. WORDS
 * is to be freed in any case. */
bool option_words_expand(struct option_words *words, struct options *options, enum options_user user, unsigned count,
                         char *const *from, struct error *error);
void option_words_free(struct option_words *words);

/* The names that CHOICE has, COMMA between them, LAST before the last one. */
void option_choices(option_choice *choice, const char *comma, const char *last, char *list, size_t size);

/* The value that ROW takes ("dec|bs|bs-revised", "" if it takes none), and its help, with its choices. */
void option_argument(const struct option_row *row, char *text, size_t size);
void option_help(const struct option_row *row, char *text, size_t size);

#endif
