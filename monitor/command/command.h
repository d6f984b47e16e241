/* command.h - the monitor's one table of commands: parser, help, completion and documentation read it.
 *
 * TO ADD A COMMAND: write its function (command_machine.c, command_step.c, command_look.c, ...), declare it below, and
 * add a row in command_table.c. The row says how many words it takes, so the function need not count them.
 */
#ifndef US_MONITOR_COMMAND_COMMAND_H
#define US_MONITOR_COMMAND_COMMAND_H

#include "monitor/session/monitor.h"

/* What was typed behind the command's name. */
struct arguments {
    const char *format; /* what follows a '/' (x/4xw), or NULL */
    const char *rest;   /* everything as it was typed, without a comment: for an expression or a text; NULL for info */
    unsigned count;
    char *const *at;
};

typedef bool command_run(struct monitor *monitor, const struct arguments *arguments, struct error *error);

/* What the words of a command are, for completion. */
enum completes {
    COMPLETES_NOTHING,
    COMPLETES_ADDRESS, /* symbols, $registers, $facts and $variables */
    COMPLETES_PLACE,   /* these, and the kinds of places that break knows, with their names */
    COMPLETES_FILE,
    COMPLETES_OPTION,
    COMPLETES_COMMAND,
    COMPLETES_INFO, /* topics of info, then registers */
    COMPLETES_SETTING,
    COMPLETES_ROLE,
    COMPLETES_ASSUMPTION,
};

/* What a command is for: help lists them so. */
enum command_group {
    GROUP_MACHINE,
    GROUP_RUN,
    GROUP_LOOK,
    GROUP_CHANGE,
    GROUP_FAIL,
    GROUP_JUDGE,
    GROUP_SCRIPT,
    GROUP_SESSION,
    GROUPS
};

struct command {
    enum command_group group;
    const char *name, *alias; /* alias: names that are not unambiguous beginnings, blanks between them; or NULL */
    const char *arguments, *help;
    const char *more;              /* the long help: lines, and an example */
    unsigned count_min, count_max; /* words it takes */
    bool takes_format;
    bool late;    /* younger than what scripts abbreviate: an abbreviation that fits others as well is not its own */
    bool repeats; /* an empty line at the prompt runs it again */
    bool live;    /* it looks, and is there for who is at a node of a live pair, too (docs/live.md) */
    bool drives;  /* runs the guest without end or takes the system away: not for gdb's `monitor` */
    enum completes completes;
    command_run *run;
};

extern const struct command commands[]; /* ends with a row without a name */
extern const struct command info_topics[];
/* The same for a session: monitor_init. */
extern const struct monitor_commands command_table;

/* The row that NAME (LENGTH characters) names in full, by its alias, or by an unambiguous beginning. NULL with one line
 * in ERROR; WHAT is "command" or "topic of info". */
const struct command *command_find(const struct command *table, const char *what, const char *name, size_t length,
                                   struct error *error);
/* The optional count in the first word; 1 if it is not there. */
bool arguments_count(const struct monitor *monitor, const struct arguments *arguments, uint64_t *count,
                     struct error *error);
/* What is done at keyboard and pointer: the words behind `send` say so. */
struct doing {
    bool is_key;
    bool down;
    uint32_t code;          /* of a key, io/input_event.h */
    uint32_t x, y, buttons; /* of the pointer */
};
/* Do the COUNT words WORDS begin like that? If they do not, they are a text. */
bool doing_is(unsigned count, char *const *words);
/* And they are: false with one line in ERROR, they are none that can be done. */
bool doing_take(char *const *words, struct doing *doing, struct error *error);
/* A line or more about ROW, as `help` has it. */
void help_row(const struct monitor *monitor, const struct command *row);
/* Call the function of ROW if the number of words is right. */
bool command_call(const struct command *row, struct monitor *monitor, const struct arguments *arguments,
                  struct error *error);

/* command_break.c, command_look.c */
command_run command_symbol, command_tbreak, command_watch, command_rwatch, command_awatch;
command_run info_fpu, info_control, info_tlb, info_traps, info_devices, info_engine, info_monitor, info_log,
    info_channel;
command_run command_history, command_trace, command_reset;
/* The words that break takes for places that are no address, one for each INDEX from 0; NULL at the end. */
const char *break_word(unsigned index);
/* `delete display [N]...` (command_display.c): those of NUMBERS, or all. */
bool delete_displays(struct monitor *monitor, unsigned count, char *const *numbers, struct error *error);
/* `delete fault [N]...` (command_fail.c): those of NUMBERS, or all that have not happened. */
bool delete_faults(struct monitor *monitor, unsigned count, char *const *numbers, struct error *error);
/* `set history N` (command_trace.c): TEXT is the N. */
bool set_trace_ring(struct monitor *monitor, const char *text, struct error *error);
command_run command_backtrace, command_next, command_finish, command_until;
command_run command_condition, command_ignore, command_enable, command_disable;

command_run command_system, command_load, command_set, command_focus, command_help, command_quit;
command_run command_continue, command_step, command_epoch, command_crash, command_break, command_delete;
command_run command_gdb;
command_run command_info, command_examine, command_disassemble, command_print;
command_run command_control, command_source, command_echo;
command_run command_repair, command_cut, command_heal, command_ack_loss, command_delay, command_flip, command_disk;
command_run command_assume, command_arbiter;
command_run command_up, command_down, command_list, command_display, command_run_guest, command_apropos,
    command_symbol_file;
command_run command_why, command_compare, command_who_knows, command_timeline;
command_run command_window, command_screenshot;
command_run command_ask, command_expect, command_send, command_assert, command_record, command_replay;
command_run command_processor, command_vm, info_processors, info_vms, info_save_area;
command_run command_save, command_restore, command_disk_commit;
command_run command_reverse_step, command_reverse_continue, command_reverse_epoch, info_snapshots;
command_run info_faults, info_registers, info_outstanding, info_settings, info_clock, info_breakpoints, info_variables;

#endif
