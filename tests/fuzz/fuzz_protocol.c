/* fuzz_protocol.c - bytes as a protocol's file: refused with one line that says where, or a protocol whose own text
 * says the same, under which a pair whose primary dies comes to an end.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/protocols.h"
#include "ft/system.h"
#include "tests/fuzz/fuzz.h"

/* More than enough for the guest; one that its protocol keeps from its end is stopped. */
enum { INSNS_MAX = 200000 };

static void run_pair(const struct protocol *protocol, uint64_t instruction)
{
    struct error error = {""};
    struct system_config config;
    struct system_result result;
    struct fault fault = {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = instruction};
    struct fault repair = {.place = FAULT_EPOCH, .number = 6};
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.threads = 1;
    config.ram_bytes = 4 << 20;
    config.epoch_insns = 200;
    config.written = protocol;
    config.faults = &fault;
    config.fault_count = 1;
    config.repairs = &repair;
    config.repair_count = 1;
    config.timeout_insns = INSNS_MAX;
    struct system *system = system_new(&config, &error);
    assert(system);
    bool good = system_load(system, US_FUZZ_GUEST, &error) && system_run(system, &error);
    assert(good);
    system_result(system, &result);
    assert(result.end != END_NONE);
    system_free(system);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {""};
    struct protocol *protocol = protocol_read((const char *)bytes, size, "x.proto", &error);
    if (!protocol) {
        assert(strncmp(error.text, "x.proto:", 8) == 0 && !strpbrk(error.text, "\r\n"));
        return 0;
    }
    char *text = protocol_text(protocol);
    struct protocol *again = protocol_read(text, strlen(text), "again", &error);
    assert(again && protocol_hash(again) == protocol_hash(protocol));
    run_pair(protocol, size % 900);
    free(again);
    free(text);
    free(protocol);
    return 0;
}

/* One word of a line: mostly one that may stand there. */
static const char *draw_word(struct insn_random *random)
{
    static const char *const words[] = {
        "run",
        "take-clock",
        "add-due",
        "deliver",
        "next-epoch",
        "send-time",
        "await-acks",
        "send-end",
        "await-time",
        "await-end",
        "discard",
        "tell-operator",
        "fence",
        "connect",
        "ask-arbiter",
        "promote",
        "run deliver",
        "take-clock",
        "tell-outstanding",
        "deliver next-epoch",
        "join",
        "rule 7",
        "#",
        "\x01",
        "at-once",
    };
    return words[insn_random_below(random, sizeof words / sizeof words[0])];
}

/* LINE with words left out and put in. */
static size_t change_line(struct insn_random *random, const char *line, char *to)
{
    size_t size = 0;
    bool changes = insn_random_below(random, 3) == 0;
    for (const char *at = line; *at;) {
        size_t length = strcspn(at, " ");
        bool left_out = changes && at != line && insn_random_below(random, 8) == 0;
        if (!left_out)
            size += (size_t)sprintf(to + size, "%.*s ", (int)length, at);
        if (changes && insn_random_below(random, 8) == 0)
            size += (size_t)sprintf(to + size, "%s ", draw_word(random));
        at += length;
        at += strspn(at, " ");
    }
    to[size++] = '\n';
    return size;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    size_t size = 0;
    const char *name = protocol_name(insn_random_below(random, 3));
    char *text = protocol_text(protocol_find(name, NULL)), *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        if (insn_random_below(random, 40))
            size += change_line(random, line, (char *)bytes + size);
    free(text);
    if (insn_random_below(random, 20) == 0)
        bytes[insn_random_below(random, (uint32_t)size)] = (uint8_t)insn_random_bits(random);
    return size;
}
