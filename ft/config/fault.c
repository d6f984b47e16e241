/* fault.c - see fault.h. */
#include "ft/fault.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/vtime.h"

static const char *const step_names[] = {
#define STEP(id, name) name,
    PROTOCOL_STEPS(STEP)
#undef STEP
};

static const char *const phase_names[] = {"before", "issued", "partial", "performed", "completed"};

const char *protocol_step_name(enum protocol_step step)
{
    return step_names[step];
}

static bool refuse(const char *text, const char *what, struct error *error)
{
    return error_set(error,
                     "'%s' is no place for a crash: %s (primary@instruction=N, epoch=N, step=NAME[:K], "
                     "operation=K[.before|.issued|.partial:MASK|.performed|.completed], time=T)",
                     text, what);
}

/* Decimal, or hexadecimal after 0x; a leading zero means nothing. */
static bool parse_number(const char **at, uint64_t *value)
{
    char *end;
    int base = **at == '0' && ((*at)[1] == 'x' || (*at)[1] == 'X') ? 16 : 10;
    if (!isdigit((unsigned char)**at))
        return false;
    errno = 0;
    *value = strtoull(*at, &end, base);
    *at = end;
    return !errno;
}

/* Seconds with decimals, into picoseconds. */
static bool parse_time(const char **at, uint64_t *time_ps)
{
    const char *p = *at;
    uint64_t whole = 0, fraction = 0, unit = PS_PER_S;
    if (!isdigit((unsigned char)*p))
        return false;
    for (; isdigit((unsigned char)*p); p++) {
        whole = whole * 10 + (uint64_t)(*p - '0');
        if (whole > UINT64_MAX / PS_PER_S / 16)
            return false;
    }
    if (*p == '.')
        for (p++; isdigit((unsigned char)*p); p++)
            fraction += (uint64_t)(*p - '0') * (unit /= 10);
    *at = p;
    *time_ps = whole * PS_PER_S + fraction;
    return true;
}

static bool parse_phase(const char **at, struct fault *fault)
{
    fault->phase = OPERATION_BEFORE; /* as instruction=N and epoch=N */
    if (**at != '.')
        return true;
    const char *name = *at + 1;
    for (unsigned i = 0; i < sizeof phase_names / sizeof phase_names[0]; i++) {
        size_t length = strlen(phase_names[i]);
        if (strncmp(name, phase_names[i], length) != 0)
            continue;
        fault->phase = i;
        *at = name + length;
        if (i != OPERATION_PARTIAL)
            return true;
        if (**at != ':')
            return false;
        ++*at;
        return parse_number(at, &fault->mask);
    }
    return false;
}

static bool parse_step(const char **at, struct fault *fault)
{
    size_t length = strcspn(*at, ":");
    for (unsigned i = 0; i < PROTOCOL_STEP_COUNT; i++) {
        if (strlen(step_names[i]) != length || strncmp(*at, step_names[i], length) != 0)
            continue;
        fault->step = i;
        fault->number = 1;
        *at += length;
        if (**at != ':')
            return true;
        ++*at;
        return parse_number(at, &fault->number) && fault->number > 0;
    }
    return false;
}

/* The WHERE that begins at AT; TEXT is the whole, for the message. */
static bool parse_place(const char *text, const char *at, struct fault *fault, struct error *error)
{
    bool good = false;
    if (!strncmp(at, "instruction=", 12)) {
        fault->place = FAULT_INSTRUCTION;
        at += 12;
        good = parse_number(&at, &fault->number);
    } else if (!strncmp(at, "epoch=", 6)) {
        fault->place = FAULT_EPOCH;
        at += 6;
        good = parse_number(&at, &fault->number) && fault->number > 0;
    } else if (!strncmp(at, "step=", 5)) {
        fault->place = FAULT_STEP;
        at += 5;
        good = parse_step(&at, fault);
    } else if (!strncmp(at, "operation=", 10)) {
        fault->place = FAULT_OPERATION;
        at += 10;
        good = parse_number(&at, &fault->number) && fault->number > 0 && parse_phase(&at, fault);
    } else if (!strncmp(at, "time=", 5)) {
        fault->place = FAULT_TIME;
        at += 5;
        good = parse_time(&at, &fault->number);
    } else {
        return refuse(text, "WHERE is none of the known kinds", error);
    }
    return (good && !*at) || refuse(text, "its number or name is not understood", error);
}

bool fault_parse_where(const char *text, struct fault *fault, struct error *error)
{
    memset(fault, 0, sizeof *fault);
    return parse_place(text, text, fault, error);
}

static bool refuse_kind(const char *text, struct error *error)
{
    return error_set(error,
                     "'%s' is no fault: [KIND,]WHO@WHERE with KIND cut, heal, delay=US, ack-loss, medium=BLOCK, "
                     "slow=PERCENT (1 to 100), flip=grN:BIT, flip=ADDRESS:BIT, soft, hard, damage or hang is wanted",
                     text);
}

static bool parse_flip(const char **at, struct fault *fault)
{
    uint64_t bit;
    fault->memory = strncmp(*at, "gr", 2) != 0;
    if (!fault->memory)
        *at += 2;
    if (!parse_number(at, &fault->argument) || **at != ':')
        return false;
    ++*at;
    if (!parse_number(at, &bit) || bit > (fault->memory ? 7 : 31) || (!fault->memory && fault->argument > 31))
        return false;
    fault->bit = (uint8_t)bit;
    return fault->memory || fault->argument > 0;
}

/* The KIND that TEXT begins with; *AT is moved past it and its comma. */
static bool parse_kind(const char **at, struct fault *fault)
{
    static const struct {
        const char *name;
        enum fault_kind kind;
    } kinds[] = {{"cut", FAULT_CUT},           {"heal", FAULT_HEAL},      {"delay=", FAULT_DELAY},
                 {"ack-loss", FAULT_ACK_LOSS}, {"medium=", FAULT_MEDIUM}, {"slow=", FAULT_SLOW},
                 {"flip=", FAULT_FLIP},        {"soft", FAULT_SOFT},      {"hard", FAULT_HARD},
                 {"damage", FAULT_DAMAGE},     {"hang", FAULT_HANG}};
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].name);
        if (strncmp(*at, kinds[i].name, length) != 0)
            continue;
        *at += length;
        fault->kind = kinds[i].kind;
        if (fault->kind == FAULT_FLIP ? !parse_flip(at, fault)
                                      : kinds[i].name[length - 1] == '=' && !parse_number(at, &fault->argument))
            return false;
        if (fault->kind == FAULT_SLOW && (fault->argument < 1 || fault->argument > 100))
            return false;
        return *(*at)++ == ',';
    }
    return false;
}

static void format_kind(const struct fault *fault, char *text, unsigned size)
{
    static const char *const names[] = {
        "", "cut,", "heal,", "delay=", "ack-loss,", "medium=", "slow=", "flip=", "soft,", "hard,", "damage,", "hang,"};
    const char *name = names[fault->kind];
    if (fault->kind == FAULT_FLIP)
        snprintf(text, size, fault->memory ? "%s0x%" PRIx64 ":%u," : "%sgr%" PRIu64 ":%u,", name, fault->argument,
                 fault->bit);
    else if (name[0] && name[strlen(name) - 1] == '=')
        snprintf(text, size, "%s%" PRIu64 ",", name, fault->argument);
    else
        snprintf(text, size, "%s", name);
}

/* The LENGTH characters at WHO: who can be struck by what FAULT is. */
static bool parse_who(const char *who, size_t length, struct fault *fault)
{
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"primary", ROLE_PRIMARY}, {"backup", ROLE_BACKUP}};
    bool processor = fault_is_of_processor(fault->kind);
    bool vm = processor || fault->kind == FAULT_MEDIUM || fault->kind == FAULT_FLIP;
    for (unsigned i = 0; i < 2; i++) {
        size_t name = strlen(roles[i].name);
        if (length < name || strncmp(who, roles[i].name, name) != 0)
            continue;
        fault->role = roles[i].role;
        if (length == name)
            return !processor;
        if (who[name] == '.' && processor) {
            fault->role_said = true;
            who += name + 1;
            length -= name + 1;
        }
    }
    if (processor && length == 4 && strncmp(who, "cpu", 3) == 0 && isdigit((unsigned char)who[3])) {
        fault->who = FAULT_OF_PROCESSOR;
        fault->processor = (uint32_t)(who[3] - '0');
        return true;
    }
    if (!vm || length >= VM_NAME_BYTES)
        return false;
    fault->who = FAULT_OF_VM;
    memcpy(fault->vm, who, length);
    return vm_name_good(fault->vm);
}

/* The text that parse_who takes. */
static void format_who(const struct fault *fault, char *text, size_t size)
{
    const char *role = fault->role == ROLE_PRIMARY ? "primary" : "backup";
    bool of_computer = fault->who == FAULT_OF_COMPUTER;
    bool said = of_computer || fault->role_said || fault->role == ROLE_BACKUP;
    size_t used = (size_t)snprintf(text, size, "%s%s", said ? role : "", said && !of_computer ? "." : "");
    if (fault->who == FAULT_OF_VM)
        snprintf(text + used, size - used, "%s", fault->vm);
    else if (fault->who == FAULT_OF_PROCESSOR)
        snprintf(text + used, size - used, "cpu%u", fault->processor);
}

bool fault_parse(const char *text, struct fault *fault, struct error *error)
{
    const char *kind = text, *at = strchr(text, '@');
    memset(fault, 0, sizeof *fault);
    if (!at)
        return refuse(text, "it has no WHO@WHERE", error);
    if (memchr(text, ',', (size_t)(at - text)) && !parse_kind(&kind, fault))
        return refuse_kind(text, error);
    if (!parse_who(kind, (size_t)(at - kind), fault))
        return refuse(text,
                      fault_is_of_processor(fault->kind) ? "WHO is cpuN, primary.cpuN, backup.cpuN or a VM's name"
                                                         : "WHO is primary or backup",
                      error);
    if (fault->role == ROLE_BACKUP && !fault_is_of_processor(fault->kind) && fault->kind != FAULT_CRASH &&
        fault->kind != FAULT_FLIP && fault->kind != FAULT_SLOW)
        return error_set(error, "'%s': what happens to the channel or the disk is placed at the primary", text);
    return parse_place(text, at + 1, fault, error);
}

void fault_format(const struct fault *fault, char *text, unsigned size)
{
    char who[80];
    format_kind(fault, who, sizeof who);
    size_t length = strlen(who);
    format_who(fault, who + length, sizeof who - length);
    switch (fault->place) {
    case FAULT_INSTRUCTION:
        snprintf(text, size, "%s@instruction=%" PRIu64, who, fault->number);
        break;
    case FAULT_EPOCH:
        snprintf(text, size, "%s@epoch=%" PRIu64, who, fault->number);
        break;
    case FAULT_STEP:
        snprintf(text, size, "%s@step=%s:%" PRIu64, who, step_names[fault->step], fault->number);
        break;
    case FAULT_OPERATION:
        if (fault->phase == OPERATION_PARTIAL)
            snprintf(text, size, "%s@operation=%" PRIu64 ".partial:0x%" PRIx64, who, fault->number, fault->mask);
        else
            snprintf(text, size, "%s@operation=%" PRIu64 ".%s", who, fault->number, phase_names[fault->phase]);
        break;
    case FAULT_TIME:
        snprintf(text, size, "%s@time=%" PRIu64 ".%012" PRIu64, who, fault->number / PS_PER_S,
                 fault->number % PS_PER_S);
        break;
    }
}
