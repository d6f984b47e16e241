/* options.h - the options that describe a system: one table, read by `run`, `sweep`, by the monitor's `system` command
 * and by their help (docs/command-line.md). The names are fixed, because scripts depend on them.
 */
#ifndef US_MONITOR_SESSION_OPTIONS_H
#define US_MONITOR_SESSION_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ft/atlas.h"
#include "ft/protocols.h"
#include "ft/system.h"
#include "mmu/base/error.h"
#include "monitor/base/claims.h"
#include "monitor/base/gdb_address.h"

/* Who is asking: not everyone takes every option. */
enum options_user {
    OPTIONS_RUN = 1,
    OPTIONS_SYSTEM = 2,
    OPTIONS_SWEEP = 4,
};

/* What a person's keys are to a guest, where there is a terminal. KEYS_BY_GUEST: raw for a kernel. */
enum keys_kind { KEYS_BY_GUEST, KEYS_RAW, KEYS_LINE };

/* May the file of options PATH be read? False with one line in ERROR. */
typedef bool options_permit(void *arg, const char *path, struct error *error);

struct options {
    struct system_config config; /* its strings and faults belong to this struct */
    options_permit *permit;      /* who is asked before a file of options is read, with permit_arg; NULL: all may be */
    void *permit_arg;
    char **files; /* of options, which were read */
    unsigned file_count;
    char *disk_path;
    char *protocol_path;      /* --protocol is a file; NULL: a name */
    struct protocol *written; /* what is in it, once it is read */
    char **virtio_texts;      /* values of --virtio: the config's paths point into them */
    unsigned virtio_count;
    bool is_peer;                             /* these are those of a computer at the other end of the network */
    struct options *peer;                     /* those of the computer at the other end of the network; NULL: none */
    struct network_peer_config *network_peer; /* what the config has of them */
    char *forwards;                           /* of `user` */
    struct fault *faults, *repairs;
    unsigned beside_count; /* how often --beside was given */
    struct vm_config *vms; /* their strings are vm_texts, three for each */
    char **vm_texts;
    char *image;                    /* the one word that is not an option; NULL if there was none */
    char *kernel, *initrd, *append; /* instead of an image; NULL: not given */
    char *json_path;                /* NULL: no JSON */
    char *record_path;              /* NULL: no recording */
    enum keys_kind keys;
    bool window; /* watch the run in one */
    bool gdb;    /* wait for a gdb at gdb_address */
    struct gdb_address gdb_address;
    bool trusted;  /* --trusted-network */
    unsigned jobs; /* of a sweep: see atlas.h */
    uint64_t probes, sample, points;
    bool to_the_end;
    unsigned sweep_faults;  /* bits of enum atlas_fault; 0: not given */
    uint64_t shard, shards; /* 0, 0: not given */
    char *csv_path, *svg_path;
    char **words; /* what it was parsed from: for a save file */
    unsigned word_count;
    bool help;      /* --help was given: nothing else was looked at */
    uint64_t given; /* bit i: row i of the table was given */
};

/* What the value of an option is, for a script whose words hold variables. */
enum option_value {
    OPTION_TEXT,    /* a choice, a file, ... */
    OPTION_NUMBER,  /* or a size */
    OPTION_PLACE,   /* a fault or a WHERE */
    OPTION_SETTING, /* NAME=VALUE */
};

/* Everything at its default. */
void options_init(struct options *options);
void options_free(struct options *options);

/* What the file of options PATH holds, a text that ends with a NUL, to be freed; it is one of OPTIONS->files from now
 * on. NULL with one line in ERROR: it may not be read, cannot be, or is no text. */
char *options_read_file(struct options *options, const char *path, struct error *error);
/* Take WORDS[0..COUNT) into OPTIONS, which was initialised: `--name value` or `--name=value`, in any order, @FILE for
 * the words in FILE, `--` before an image whose name begins with a dash. False with one line in ERROR (unknown option,
 * bad value, an option that makes sense with --mode pair only); OPTIONS can then only be freed. */
bool options_parse(struct options *options, enum options_user user, unsigned count, char *const *words,
                   struct error *error);
/* The same with words that options_parse has kept in options->words: what stood in files is among them, and no file is
 * read for it. */
bool options_parse_again(struct options *options, enum options_user user, unsigned count, char *const *words,
                         struct error *error);
/* Say which files are read and written: IMAGE (or NULL) if there is no kernel. False with one line in ERROR: one of
 * them is both, or is what has been claimed before. */
bool options_claim(const struct options *options, const char *image, struct claims *claims, struct error *error);
/* Read the protocol's file, if --protocol named one and it was not read before. False with one line in ERROR: it cannot
 * be read, or what it says makes no sense. */
bool options_read_protocol(struct options *options, struct error *error);
/* The same, with what is in the file as TEXT. */
bool options_take_protocol_text(struct options *options, const char *text, size_t size, struct error *error);
/* What the guest is: the kernel if one was given, else the image (IMAGE is the monitor's, which `load` names). */
struct guest_files options_files(const struct options *options, const char *image);
/* Set a setting. world-clock=now takes the host's time here and nowhere else: from then on it is a number like any
 * other, in recordings and save files too, so that what runs again is the same. */
bool options_setting(struct options *options, const char *name, const char *text, struct error *error);
/* Keep one more crash point. */
void options_add_fault(struct options *options, const struct fault *fault);
/* Keep one more place where the dead computer is repaired. */
void options_add_repair(struct options *options, const struct fault *place);

/* Forget one that is FAULT (a repair if REPAIR), so that the next system does not plan it. */
void options_drop_fault(struct options *options, const struct fault *fault, bool repair);

/* Option INDEX in words, for a manual: `initial` and `condition` may be "". False: there are no more. */
enum { OPTION_ARGUMENT_MAX = 80, OPTION_HELP_MAX = 320 };
struct option_text {
    const char *name, *initial, *condition;
    char argument[OPTION_ARGUMENT_MAX], help[OPTION_HELP_MAX];
    unsigned users; /* enum options_user flags */
};
bool options_describe(unsigned index, struct option_text *text);
/* The part of a help text that lists the options of USER. */
void options_help(FILE *out, enum options_user user);
/* Does USER take the option WORD ("--mode" or "--mode=pair")? */
bool options_takes(const char *word, enum options_user user);
/* What the value of the option WORD is. */
enum option_value options_value(const char *word, enum options_user user);
/* What the value of the option WORD may be: name INDEX of those that there are, NULL at the end or where there are
 * none.
 */
const char *options_choice(const char *word, enum options_user user, unsigned index);
/* May the value of the option WORD be the name of a file? */
bool options_value_is_file(const char *word, enum options_user user);
/* Does WORD, an option of USER, have its value in the next word? */
bool options_value_follows(const char *word, enum options_user user);
/* The kinds of fault that LIST names, with commas, or "all", as bits of enum atlas_fault. False with one line in ERROR.
 */
bool option_faults(const char *list, unsigned *bits, struct error *error);
/* Was the option NAME given? */
bool options_given(const struct options *options, const char *name);
/* The name of row INDEX ("mode"), NULL at the end; for completion. */
const char *options_name(unsigned index);

/* A line on stderr where a translator is wanted and SYSTEM has none. */
void options_tell_engine(struct system *system);

#endif
