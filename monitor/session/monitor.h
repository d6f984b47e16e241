/* monitor.h - the monitor: what a session holds, and how a command line becomes an effect on the system.
 *
 * A command comes from the keyboard, a script or -x; monitor_execute() gives it to the commands that the session was
 * begun with (monitor/command), whose functions act through ft/system.h and print to monitor->out.
 */
#ifndef US_MONITOR_SESSION_MONITOR_H
#define US_MONITOR_SESSION_MONITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ft/system.h"
#include "ft/travel.h"
#include "mmu/base/vec.h"
#include "mmu/base/error.h"
#include "monitor/session/breakpoint.h"
#include "monitor/session/keys.h"
#include "monitor/session/options.h"
#include "monitor/session/quiz.h"
#include "monitor/session/reach.h"
#include "monitor/image/symbols.h"
#include "monitor/session/trace.h"
#include "monitor/session/variables.h"

/* An address in the guest: virtual as the focused processor sees it now, or physical ("phys:0x1000"). */
struct place {
    uint32_t address;
    bool physical;
};

/* The last x/FMT: what its parts default to next time. */
struct examine_format {
    char letter, size; /* 'x', 'w', as gdb has them */
    struct place next; /* the address after what was shown */
};

/* What the two computers did lately is kept for who-knows and timeline: some thousand epochs. */
enum { CHRONICLE_ROWS = 16384 };

struct monitor;

/* Who understands a command line. The session stands below the table of commands, so it is told. */
struct monitor_commands {
    /* Run the command in LINE. False with one line in ERROR. */
    bool (*execute)(struct monitor *monitor, const char *line, struct error *error);
    /* Does the command in LINE run the guest without end, or take the system away? Then it is not for a gdb that has
     * the guest stopped. */
    bool (*drives)(const char *line);
};

/* Who watches the session: a window. The session stands below it, so it is told. */
struct monitor_watcher {
    void *arg;                           /* NULL: nobody does */
    enum travel_look (*look)(void *arg); /* the guest runs: after each piece of the run (travel_watch) */
    bool (*idle)(void *arg);             /* a person is at the prompt, 60 times a second; true: something was printed */
    bool (*open)(const void *arg);       /* is there anything that idle would do? */
    bool (*attended)(const void *arg);   /* can somebody be there who answers? */
    void (*free)(void *arg);
};

/* An expression that is printed whenever the guest stops. */
struct displayed {
    unsigned number;
    char *expression, *format; /* format: as print's, or NULL */
};

struct monitor {
    FILE *out;
    const struct monitor_commands *commands;
    struct options options;     /* of the system; before there is one, of the first */
    struct claims claims;       /* files that this session reads and writes */
    struct image_files *images; /* the disks' images, of one system and the next */
    struct system *system;      /* NULL: none yet */
    bool adopted;               /* the system is that of `run --gdb`: its terminal and disk are, too */
    struct travel *travel;      /* with that system; NULL without one */
    char *image_path;           /* what is loaded; NULL: nothing */
    bool image_saved;           /* it came with a save file: the file of that name is not read by itself */
    VEC(int) scratch_fds;       /* of disks that have no file (command_save.c) */
    struct symbols symbols;
    struct variables variables;
    unsigned focus; /* the computer that is looked at */
    unsigned node;  /* the only one is that of this node of a live pair; 0: it is none */
    struct breakpoints breakpoints;
    struct trace trace;
    char stop_text[600]; /* which breakpoint has stopped the last run: "breakpoint 1, " */
    struct examine_format examine;
    uint32_t disassemble_next;
    bool disassemble_goes_on; /* `disassemble` with no address goes on there */
    unsigned draws;           /* places that `crash random` has drawn */
    unsigned frame;           /* of the program, that `up` and `down` have come to */
    VEC(struct displayed) displays;
    unsigned last_display; /* the highest number given so far */
    bool interrupted;      /* Ctrl-C stopped something; a script ends there */
    int break_fd;          /* a Ctrl-C comes there, too (ctrl_c.h); -1: none */
    bool quit;
    struct monitor_watcher watcher;
    struct monitor_asker asker;
    struct quiz quiz;
    struct keys keys;
    uint64_t executed;    /* commands so far */
    struct reach reach;   /* which files a command may use */
    bool ended;           /* the run has come to its end */
    bool host_failed;     /* the host did not take or give something, and that has been said */
    bool differ;          /* as `compare` found last */
    uint64_t limit_insns; /* of a run that has no --timeout of its own; 0: none */
    bool limited;         /* a run has come to it */
    bool records;         /* every system that can be recorded is */
    char missed[400];     /* what plan_missed said of an earlier system; "": nothing */
    bool fell;            /* the last command failed because what it judges does not hold: not the script's mistake */

    /* Where `expect` goes on: behind these bytes of the terminal's output and of the operator's console. */
    uint64_t expected_terminal, expected_operator;
    char *record_path;             /* where the recording goes at the end of the run; NULL: nothing is recorded */
    struct monitor_replay *replay; /* the recording that the system follows (command_record.c); NULL: none */

    /* Where each command of a script is written before it runs, behind how many bytes the standard output has then;
     * NULL: nowhere. */
    FILE *lines;

    /* Of the script that runs (script.h). */
    const char *script_folder_of; /* paths in it are relative to the folder of this file; NULL: to the current one */
    unsigned sources;             /* how many `source` are under way */
    uint64_t script_steps;        /* lines run so far */
    uint64_t script_steps_max;    /* 0: as many as it likes */
};

void monitor_init(struct monitor *monitor, const struct monitor_commands *commands, FILE *out);
void monitor_free(struct monitor *monitor);

/* Run the command in LINE. An empty line or a comment does nothing. False with one line in ERROR. */
bool monitor_execute(struct monitor *monitor, const char *line, struct error *error);
/* Write what is recorded, the rest of a trace, and the disk's changes to the image file, if there is a disk. */
bool monitor_commit(struct monitor *monitor, struct error *error);
/* The disks' changes will not be written: say so on OUT, if there are any. */
void monitor_note_thrown_away(const struct monitor *monitor, FILE *out);
/* Put SIZE bytes into PATH, as WHAT, unless this session reads it or may not reach it. */
bool monitor_write_file(struct monitor *monitor, const char *path, const char *what, const void *bytes, size_t size,
                        struct error *error);
/* After a command: has the host taken everything? False with one line in ERROR, once for each thing. */
bool monitor_host_good(struct monitor *monitor, struct error *error);
/* Write the prompt ("primary e37 0x00200f3c> ") into TEXT. */
void monitor_prompt(const struct monitor *monitor, char *text, size_t size);

/* ---- for the commands ---- */

/* Is there a system (and an image in it)? False with what to do about it in ERROR. */
bool monitor_wants_system(const struct monitor *monitor, struct error *error);
bool monitor_wants_image(const struct monitor *monitor, struct error *error);
/* Has the system executed anything, or lost a computer? */
bool monitor_has_run(const struct monitor *monitor);
struct cpu_state *monitor_cpu_state(const struct monitor *monitor);
/* The number of COMPUTER, as everywhere a person sees it; of a live pair the node's. */
unsigned monitor_number(const struct monitor *monitor, unsigned computer);
/* The name of COMPUTER: its role, or the mode if there is one computer. */
const char *monitor_name(const struct monitor *monitor, unsigned computer);
/* The same, or the name of the virtual machine there that a person looks at instead of the first. */
const char *monitor_looked_name(const struct monitor *monitor, unsigned computer);

/* What an expression (expression.c has the grammar) came to. */
struct value {
    uint64_t number;
    bool physical;            /* a physical address: phys: was written */
    bool of_fact;             /* computed with a fact of the run, which is a count, so no address */
    unsigned reference_bytes; /* not 0: it is the memory at `reference`, which could be changed */
    struct place reference;
};

/* The value of the expression TEXT. False with one line in ERROR. */
bool monitor_value(const struct monitor *monitor, const char *text, struct value *value, struct error *error);
bool monitor_evaluate(const struct monitor *monitor, const char *text, uint64_t *value, struct error *error);
/* The same, and it must be an address; the last one: a virtual one. */
bool value_place(const struct value *value, struct place *place, struct error *error);
bool monitor_place(const struct monitor *monitor, const char *text, struct place *place, struct error *error);
bool monitor_address(const struct monitor *monitor, const char *text, uint32_t *address, struct error *error);

/* ---- memory.c: there must be a system ---- */

/* The byte at PLACE. False if there is no memory. */
bool monitor_byte(const struct monitor *monitor, struct place place, uint8_t *byte);
/* SIZE bytes (at most 8), big-endian. False with one line in ERROR. */
bool monitor_load(const struct monitor *monitor, struct place place, unsigned size, uint64_t *value,
                  struct error *error);
bool monitor_store(const struct monitor *monitor, struct place place, unsigned size, uint64_t value,
                   struct error *error);
/* The physical address of OFFSET as CPU, a processor on PHYS, would see it now (code or data). False if there is no
 * memory. */
bool monitor_seen_by(struct cpu *cpu, const struct phys *phys, uint32_t offset, bool code, uint32_t *physical);
/* The physical address of OFFSET as the focused processor would see it now (code or data). */
bool monitor_translate(const struct monitor *monitor, uint32_t offset, bool code, uint32_t *physical);
/* One instruction with its address and symbol. False if there is no memory. */
bool monitor_print_insn(const struct monitor *monitor, struct place place);
/* The same, with a line in ERROR. */
bool monitor_show_insn(const struct monitor *monitor, struct place place, struct error *error);
/* The instruction word at PLACE, which is a multiple of 4. False if there is no memory. */
bool monitor_fetch(const struct monitor *monitor, struct place place, uint32_t *word);
/* Where the focused computer is. */
void monitor_print_where(const struct monitor *monitor);

/* Take over SYSTEM, in which OPTIONS->image is loaded, OPTIONS with the holder of its images, and CLAIMS, which are
 * empty then (`understudy run --gdb`). */
void monitor_adopt(struct monitor *monitor, struct system *system, struct options *options, struct claims *claims);
/* Look at SYSTEM, which stays its owner's and is built from CONFIG, with the SIZE bytes at IMAGE in it, called NAME:
 * the one of NODE of a live pair. Nothing is run, and MONITOR is not freed afterwards. */
void monitor_look_at(struct monitor *monitor, unsigned node, struct system *system, const struct system_config *config,
                     const char *name, const uint8_t *image, size_t size);
/* WANTED as the monitor's systems have it: what is shown goes to the standard output, the disks wait for a commit. */
struct system_config monitor_config(const struct monitor *monitor, const struct system_config *wanted);
/* SYSTEM (or NULL: none) is the system from now on, the last one is gone. */
void monitor_take_system(struct monitor *monitor, struct system *system);
/* Is what the system consumes kept, or would be: where there is a log, and nothing that a recording has no room for? */
bool monitor_records(const struct monitor *monitor);
/* Throw the system away and build the next one from OPTIONS; the image is loaded again if RELOAD. */
bool monitor_build(struct monitor *monitor, bool reload, struct error *error);

#endif
