/* test_nonsense.c - whatever comes out of the channel, the emulator goes on: a message that is none, or that makes no
 * sense where it comes, stops the pair with one sentence.
 *
 *   test_ft_nonsense [--seed N] GUESTS
 *
 * A pair runs to a random point; then one more message is put into the channel to the backup: bytes, or a well-formed
 * message with fields that are wrong in this state; and the pair runs to its end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "tests/check.h"

enum { CASES = 200, BYTES_MAX = 5000 };

struct nonsense {
    uint8_t bytes[BYTES_MAX];
    size_t size;
    char what[96];
    bool refused; /* it must be: in any state this is nonsense */
};

static uint64_t draw(struct rng *rng, uint64_t below)
{
    return rng_upto(rng, below - 1);
}

static uint64_t any_number(struct rng *rng, uint64_t near)
{
    switch (draw(rng, 4)) {
    case 0:
        return draw(rng, 1 << 16);
    case 1:
        return UINT64_MAX - draw(rng, 4);
    default:
        return near + draw(rng, 4) - 1;
    }
}

static void make_bytes(struct rng *rng, struct nonsense *nonsense)
{
    nonsense->size = draw(rng, 200);
    for (size_t i = 0; i < nonsense->size; i++)
        nonsense->bytes[i] = (uint8_t)draw(rng, 256);
    snprintf(nonsense->what, sizeof nonsense->what, "%zu bytes", nonsense->size);
}

static void make_message(struct rng *rng, const struct vmm *vmm, struct nonsense *nonsense)
{
    static const uint8_t data[4096] = {1, 2, 3};
    struct message message = {.message_class = MESSAGE_INTERRUPT + draw(rng, MESSAGE_CLASS_END - MESSAGE_INTERRUPT)};
    uint64_t next = vmm->ended_epoch + 1;
    message.epoch = any_number(rng, next);
    message.index = any_number(rng, vmm->computer->history.operations.count);
    message.value = any_number(rng, vmm->last_clock_ps);
    if (message.message_class == MESSAGE_INTERRUPT)
        message.device = DEVICE_DISK + draw(rng, 4);
    if (message.message_class == MESSAGE_INTERRUPT && message.device == DEVICE_DISK) {
        message.disk.opcode = (uint32_t)draw(rng, 6);
        message.disk.status = (uint32_t)draw(rng, 5);
        message.disk.detail = (uint32_t)draw(rng, 7);
        message.disk.command = (uint32_t)any_number(rng, 0x20000);
        message.disk.buffer = (uint32_t)any_number(rng, 0x20000);
        message.disk.size_bytes = draw(rng, 2) ? (uint32_t)draw(rng, sizeof data) : 0;
        message.disk.data = message.disk.size_bytes ? data : NULL;
    }
    if (message.message_class == MESSAGE_JOIN_STATE || message.message_class == MESSAGE_JOIN_PAGE) {
        message.bulk = data;
        message.bulk_bytes = 1 + (uint32_t)draw(rng, sizeof data);
    }
    nonsense->size = message_size(&message);
    message_encode(&message, nonsense->bytes);
    nonsense->refused = (message.message_class == MESSAGE_INTERRUPT && message.device > DEVICE_CONSOLE) ||
                        (message.message_class >= MESSAGE_JOIN_STATE && message.message_class <= MESSAGE_JOIN_DONE) ||
                        (message.epoch != next && message.message_class != MESSAGE_HEARTBEAT);
    snprintf(nonsense->what, sizeof nonsense->what, "class %d, device %d, epoch %" PRIu64 " (%" PRIu64 " is next)",
             message.message_class, message.device, message.epoch, next);
}

static void test_case(struct check *t, const char *guest, uint64_t number)
{
    struct system_config config;
    struct system_result result;
    struct nonsense nonsense = {.size = 0};
    struct error error = {{0}};
    struct rng rng = rng_new(t->seed, number);
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.protocol = protocol_name((unsigned)draw(&rng, 3));
    config.ram_bytes = 4 << 20;
    config.disk_path = "/tmp/test_nonsense.never";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.threads = 1;
    config.timeout_insns = 20000000;
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error));
    struct system_until until = {.computer = 1, .insns = 1 + draw(&rng, 60000)};
    system_run_until(system, &until);
    if (draw(&rng, 3))
        make_message(&rng, system->computer[1]->vmm, &nonsense);
    else
        make_bytes(&rng, &nonsense);
    channel_send(&system->computer[0]->channel, nonsense.bytes, nonsense.size, computer_now(system->computer[0]));
    CHECK(system_run(system, &error));
    system_result(system, &result);
    if (nonsense.refused && !result.digests_differ)
        printf("case %" PRIu64 " of seed %" PRIu64 ", %s: %s was taken\n", number, t->seed, config.protocol,
               nonsense.what);
    CHECK(!nonsense.refused || result.digests_differ);
    CHECK(result.end == END_EXIT || result.violation != NULL);
    if (result.violation)
        CHECK_ONE_LINE(result.violation);
    system_free(system);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.nonsense", argc, argv);
    if (!check_needs(&t, argv[argc - 1], "ticker.elf"))
        return 2;
    char guest[4096];
    snprintf(guest, sizeof guest, "%s/ticker.elf", argv[argc - 1]);
    for (uint64_t i = 0; i < CASES; i++)
        test_case(&t, guest, i);
    return check_end(&t);
}
