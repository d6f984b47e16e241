/* monitor.c - see monitor.h. The session's own state: building a system, and what the prompt says. */
#include "monitor/session/monitor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/isa/insn.h"
#include "ft/hosts.h"
#include "io/elf.h"
#include "io/image_file.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/session/plan.h"
#include "monitor/session/reach.h"
#include "monitor/session/recorder.h"

void monitor_init(struct monitor *monitor, const struct monitor_commands *commands, FILE *out)
{
    *monitor =
        (struct monitor){.out = out, .commands = commands, .break_fd = -1, .examine = {.letter = 'x', .size = 'w'}};
    options_init(&monitor->options);
    claims_begin(&monitor->claims);
    monitor->images = image_files_new();
}

void monitor_free(struct monitor *monitor)
{
    if (monitor->watcher.arg)
        monitor->watcher.free(monitor->watcher.arg);
    monitor_take_system(monitor, NULL);
    recorder_forget(monitor);
    symbols_free(&monitor->symbols);
    options_free(&monitor->options);
    free(monitor->image_path);
    free(monitor->record_path);
    variables_free(&monitor->variables);
    breakpoints_free(&monitor->breakpoints);
    for (size_t i = 0; i < monitor->displays.count; i++) {
        free(monitor->displays.at[i].expression);
        free(monitor->displays.at[i].format);
    }
    VEC_FREE(&monitor->displays);
    trace_free(&monitor->trace);
    claims_free(&monitor->claims);
    image_files_free(monitor->images);
    for (size_t i = 0; i < monitor->scratch_fds.count; i++)
        close(monitor->scratch_fds.at[i]);
    VEC_FREE(&monitor->scratch_fds);
    *monitor = (struct monitor){0};
}

/* What every system of a monitor has in common: the guest's terminal and the operator's console are our own output,
 * what we read are commands, and the disk's changes wait for `quit`. An adopted one has what its run said. */
struct system_config monitor_config(const struct monitor *monitor, const struct system_config *wanted)
{
    struct system_config config = *wanted;
    config.chronicle_rows = CHRONICLE_ROWS;
    config.images = monitor->images;
    config.disk_overlay = true;
    if (monitor->adopted)
        return config;
    config.input_fd = -1;
    config.output_fd = STDOUT_FILENO;
    config.operator_fd = STDOUT_FILENO;
    config.record |= monitor->records && monitor_records(monitor);
    if (!config.timeout_insns)
        config.timeout_insns = monitor->limit_insns;
    return config;
}

bool monitor_records(const struct monitor *monitor)
{
    const struct system_config *config = &monitor->options.config;
    return config->mode != MODE_BARE && !config->broken && !monitor->replay;
}

/* The symbols of the image, if it can be read. */
static void read_symbols(struct symbols *symbols, const char *path)
{
    size_t size;
    uint8_t *image = file_read(path, &size, NULL);
    if (image)
        symbols_read(symbols, image, size);
}

/* The symbols of the SIZE bytes at IMAGE, which stay whose they are. */
static void copy_symbols(struct symbols *symbols, const uint8_t *image, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    memory_need(copy);
    memcpy(copy, image, size);
    symbols_read(symbols, copy, size);
}

/* Load the image, that of the file or of the recording which is followed, and take its SYMBOLS. */
static bool load_image(const struct monitor *monitor, struct system *system, struct symbols *symbols,
                       struct error *error)
{
    if (!monitor->replay) {
        struct guest_files files = options_files(&monitor->options, monitor->image_path);
        if (!system_load_files(system, &files, error))
            return false;
        read_symbols(symbols, monitor->image_path);
        return true;
    }
    const struct recording_about *about = &monitor->replay->file.about;
    if (!system_load_image(system, monitor->image_path, about->image, about->image_bytes, error))
        return false;
    copy_symbols(symbols, about->image, about->image_bytes);
    return true;
}

void monitor_take_system(struct monitor *monitor, struct system *system)
{
    if (monitor->system && monitor_has_run(monitor) && !*monitor->missed)
        plan_missed(monitor->system, monitor->missed, sizeof monitor->missed);
    if (system)
        monitor_note_thrown_away(monitor, monitor->out); /* a new system begins with the image file as it is */
    travel_free(monitor->travel);
    system_free(monitor->system);
    monitor->system = system;
    monitor->travel = system ? travel_new(system, monitor->options.config.settings.snapshot_mib << 20) : NULL;
    monitor->ended = monitor->host_failed = false;
    monitor->disassemble_goes_on = false;
    monitor->frame = 0;
    monitor->examine.next = (struct place){0};
    if (system)
        monitor->focus = system_acting(system);
    if (system && !computer_alive(system, monitor->focus) && system_computers(system) == 2)
        monitor->focus = 1 - monitor->focus; /* a saved one, while its backup has not noticed yet */
}

void monitor_look_at(struct monitor *monitor, unsigned node, struct system *system, const struct system_config *config,
                     const char *name, const uint8_t *image, size_t size)
{
    monitor->node = node;
    monitor->options.config = *config;
    monitor->adopted = true;
    monitor->system = system;
    monitor->focus = system_acting(system);
    monitor->image_path = strdup(name);
    memory_need(monitor->image_path);
    copy_symbols(&monitor->symbols, image, size);
}

void monitor_adopt(struct monitor *monitor, struct system *system, struct options *options, struct claims *claims)
{
    options_free(&monitor->options);
    claims_free(&monitor->claims);
    image_files_free(monitor->images);
    monitor->options = *options;
    monitor->images = options->config.images;
    monitor->claims = *claims;
    monitor->adopted = true;
    options_init(options);
    *claims = (struct claims){0};
    monitor_take_system(monitor, system);
    struct guest_files files = options_files(&monitor->options, monitor->options.image);
    monitor->image_path = strdup(guest_files_name(&files));
    memory_need(monitor->image_path);
    read_symbols(&monitor->symbols, monitor->image_path);
}

bool monitor_build(struct monitor *monitor, bool reload, struct error *error)
{
    struct symbols symbols = {0};
    if (!options_read_protocol(&monitor->options, error))
        return false;
    struct system_config config = monitor_config(monitor, &monitor->options.config);
    size_t claimed = monitor->claims.rows.count;
    const char *image = reload && !monitor->replay ? monitor->image_path : NULL;
    struct system *system = NULL;
    if (options_claim(&monitor->options, image, &monitor->claims, error))
        system = system_new(&config, error);
    if (!system || (reload && !load_image(monitor, system, &symbols, error)) || !system_make_files(system, error)) {
        claims_cut(&monitor->claims, claimed);
        symbols_free(&symbols);
        system_free(system);
        return false;
    }
    options_tell_engine(system);
    monitor_take_system(monitor, system);
    symbols_free(&monitor->symbols);
    monitor->symbols = symbols;
    monitor->expected_terminal = monitor->expected_operator = 0;
    return true;
}

bool monitor_execute(struct monitor *monitor, const char *line, struct error *error)
{
    monitor->executed++;
    return monitor->commands->execute(monitor, line, error);
}

bool monitor_commit(struct monitor *monitor, struct error *error)
{
    if (!recorder_finish(monitor, error))
        return false;
    return (!monitor->system || system_disk_commit(monitor->system, error)) && trace_close(&monitor->trace, error);
}

void monitor_note_thrown_away(const struct monitor *monitor, FILE *out)
{
    const char *path;
    uint64_t blocks = monitor->system ? system_disk_uncommitted(monitor->system, &path) : 0;
    if (blocks)
        fprintf(out, "what the last run changed on the disk is thrown away: %" PRIu64 " block%s of '%s'\n", blocks,
                blocks == 1 ? "" : "s", path);
}

bool monitor_write_file(struct monitor *monitor, const char *path, const char *what, const void *bytes, size_t size,
                        struct error *error)
{
    if (!reach_file(monitor, path, error) || !claims_write(&monitor->claims, path, what, error) ||
        !file_write_whole(path, bytes, size, error))
        return false;
    claims_written(&monitor->claims, what);
    return true;
}

bool monitor_host_good(struct monitor *monitor, struct error *error)
{
    if (monitor->trace.stream.cause && !trace_close(&monitor->trace, error))
        return false;
    if (ferror(monitor->out))
        return error_set(error, "what is printed is not taken any more");
    if (!monitor->system || monitor->host_failed || system_host_good(monitor->system, error))
        return true;
    monitor->host_failed = true; /* said once */
    return false;
}

bool monitor_wants_system(const struct monitor *monitor, struct error *error)
{
    return monitor->system || error_set(error, "there is no system yet: 'system [OPTIONS]' or 'load IMAGE' makes one");
}

bool monitor_wants_image(const struct monitor *monitor, struct error *error)
{
    return (monitor->system && monitor->image_path) || error_set(error, "no image is loaded: 'load IMAGE' loads one");
}

unsigned monitor_number(const struct monitor *monitor, unsigned computer)
{
    return monitor->node ? monitor->node : computer + 1;
}

bool monitor_has_run(const struct monitor *monitor)
{
    if (!monitor->system)
        return false;
    for (unsigned i = 0; i < system_computers(monitor->system); i++)
        if (!computer_alive(monitor->system, i) || cpu_state(computer_cpu(monitor->system, i))->insns)
            return true;
    return false;
}

struct cpu_state *monitor_cpu_state(const struct monitor *monitor)
{
    return cpu_state(computer_cpu(monitor->system, monitor->focus));
}

const char *monitor_looked_name(const struct monitor *monitor, unsigned computer)
{
    const char *looked = system_looks_at(monitor->system);
    bool first = computer != monitor->focus || strcmp(looked, VM_FIRST) == 0;
    return first ? monitor_name(monitor, computer) : looked;
}

const char *monitor_name(const struct monitor *monitor, unsigned computer)
{
    switch (monitor->options.config.mode) {
    case MODE_BARE:
        if (system_computers(monitor->system) == 1)
            return "bare";
        break;
    case MODE_SOLO:
        return "solo";
    default:
        break;
    }
    return computer_role(monitor->system, computer) == ROLE_PRIMARY ? "primary" : "backup";
}

/* "web p2> ": which virtual machine, and where it is or was last. */
static void prompt_of_vm(const struct monitor *monitor, char *text, size_t size)
{
    const char *name = system_looks_at(monitor->system);
    struct host_vm vm = {.processor = -1};
    for (unsigned n = 0; system_vm(monitor->system, monitor->focus, n, &vm); n++)
        if (strcmp(vm.name, name) == 0)
            break;
    if (vm.processor >= 0)
        snprintf(text, size, "%s p%d> ", name, vm.processor);
    else
        snprintf(text, size, "%s p-> ", name);
}

void monitor_prompt(const struct monitor *monitor, char *text, size_t size)
{
    if (!monitor->system) {
        snprintf(text, size, "(no system)> ");
        return;
    }
    const char *name = monitor_name(monitor, monitor->focus);
    uint32_t address = monitor_cpu_state(monitor)->iaoq_front & ~UINT32_C(3);
    unsigned long long epoch = computer_epoch(monitor->system, monitor->focus);
    const char *failed = computer_alive(monitor->system, monitor->focus) ? "" : " failed";
    struct host_processor processor;
    if (!monitor->image_path)
        snprintf(text, size, "%s (no image)> ", name);
    else if (system_has_hosts(monitor->system) && system_processor(monitor->system, monitor->focus, 0, &processor))
        prompt_of_vm(monitor, text, size);
    else if (monitor->options.config.mode == MODE_BARE)
        snprintf(text, size, "%s%s 0x%08x> ", name, failed, address);
    else
        snprintf(text, size, "%s%s e%llu 0x%08x> ", name, failed, epoch, address);
}

bool monitor_fetch(const struct monitor *monitor, struct place place, uint32_t *word)
{
    struct phys *phys = computer_phys(monitor->system, monitor->focus);
    uint32_t physical = place.address;
    uint64_t value;
    if (place.physical ? !phys_is_memory(phys, physical) : !monitor_translate(monitor, place.address, true, &physical))
        return false;
    if (phys_load(phys, physical, 4, &value) != PHYS_OK)
        return false;
    *word = (uint32_t)value;
    return true;
}

/* Where the branch WORD at ADDRESS leads, if the instruction itself says so. */
static bool branch_target(uint32_t word, uint32_t address, uint32_t *target)
{
    struct insn insn;
    insn_decode(word, &insn);
    *target = address + 8 + (uint32_t)insn.imm;
    return (insn_rows[insn.id].insn_class & CLASS_BRANCH) && strstr(insn_rows[insn.id].operands, "%d");
}

bool monitor_print_insn(const struct monitor *monitor, struct place place)
{
    uint32_t word;
    char symbol[128] = "", text[128];
    if (!monitor_fetch(monitor, place, &word))
        return false;
    if (!place.physical)
        symbols_format(&monitor->symbols, place.address, symbol, sizeof symbol);
    insn_disassemble(word, place.address, text, sizeof text);
    fprintf(monitor->out, "%s0x%08x %s%s%08x  %s", place.physical ? "phys:" : "", place.address, symbol,
            *symbol ? "  " : "", word, text);
    uint32_t target;
    if (!place.physical && branch_target(word, place.address, &target))
        symbols_format(&monitor->symbols, target, symbol, sizeof symbol);
    else
        *symbol = '\0';
    fprintf(monitor->out, "%s%s\n", *symbol ? " " : "", symbol);
    return true;
}

bool monitor_show_insn(const struct monitor *monitor, struct place place, struct error *error)
{
    return monitor_print_insn(monitor, place) ||
           error_set(error, "there is no memory for an instruction at 0x%08x", place.address);
}

void monitor_print_where(const struct monitor *monitor)
{
    uint32_t offset = monitor_cpu_state(monitor)->iaoq_front & ~UINT32_C(3);
    if (monitor->options.config.mode != MODE_BARE)
        fprintf(monitor->out, "%s epoch %llu, ", monitor_looked_name(monitor, monitor->focus),
                (unsigned long long)computer_epoch(monitor->system, monitor->focus));
    fprintf(monitor->out, "instruction %llu: ", (unsigned long long)monitor_cpu_state(monitor)->insns);
    if (!monitor_print_insn(monitor, (struct place){offset, false}))
        fprintf(monitor->out, "0x%08x (no memory there)\n", offset);
}
