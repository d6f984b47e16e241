/* test_system_controller.c - identity, sizes, the latched clock, power-off and reset (docs/board.md, "System
 * controller"). */
#include "io/system_controller.h"

#include "tests/check.h"

struct rig {
    struct phys *phys;
    struct system_controller controller;
    enum phys_result answer; /* of whatever the backend is asked */
    uint64_t time_ps;
    unsigned clock_reads, offs, resets;
    uint8_t status;
};

static enum phys_result rig_clock(void *arg, uint64_t *time_ps)
{
    struct rig *rig = arg;
    if (rig->answer == PHYS_OK) {
        rig->clock_reads++;
        *time_ps = rig->time_ps;
    }
    return rig->answer;
}

static enum phys_result rig_off(void *arg, uint8_t status)
{
    struct rig *rig = arg;
    if (rig->answer == PHYS_OK) {
        rig->offs++;
        rig->status = status;
    }
    return rig->answer;
}

static enum phys_result rig_reset(void *arg)
{
    struct rig *rig = arg;
    rig->resets += rig->answer == PHYS_OK;
    return rig->answer;
}

static const struct system_controller_backend backend = {rig_clock, rig_off, rig_reset};

static uint32_t get(struct check *t, struct rig *rig, unsigned offset)
{
    uint64_t value;
    CHECK_EQ(phys_load(rig->phys, SYSTEM_CONTROLLER_BASE + offset, 4, &value), PHYS_OK);
    return (uint32_t)value;
}

static enum phys_result put(struct rig *rig, unsigned offset, uint32_t value)
{
    return phys_store(rig->phys, SYSTEM_CONTROLLER_BASE + offset, 4, value);
}

static void test_constants(struct check *t, struct rig *rig)
{
    CHECK_EQ(get(t, rig, 0), 0x55535431);
    CHECK_EQ(get(t, rig, 4), 1); /* the soft power button is not pressed */
    CHECK_EQ(get(t, rig, 8), 32 << 20);
    CHECK_EQ(get(t, rig, 12), 1);
    CHECK_EQ(get(t, rig, 16), 50000000);
    CHECK_EQ(get(t, rig, 28), 0);
    static const unsigned read_only[] = {0, 8, 12, 16, 20, 24};
    for (unsigned i = 0; i < sizeof read_only / sizeof read_only[0]; i++)
        CHECK_EQ(put(rig, read_only[i], UINT32_MAX), PHYS_OK);
    CHECK_EQ(get(t, rig, 0), 0x55535431);
    CHECK_EQ(get(t, rig, 8), 32 << 20);
    CHECK_EQ(rig->offs + rig->resets, 0);
}

static void test_widths(struct check *t, struct rig *rig)
{
    uint64_t value;
    static const unsigned sizes[] = {1, 2, 8};
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned offset = 0; offset < SYSTEM_CONTROLLER_WINDOW_BYTES; offset += sizes[i]) {
            CHECK_EQ(phys_load(rig->phys, SYSTEM_CONTROLLER_BASE + offset, sizes[i], &value), PHYS_NOTHING);
            CHECK_EQ(phys_store(rig->phys, SYSTEM_CONTROLLER_BASE + offset, sizes[i], 1), PHYS_NOTHING);
        }
    }
    CHECK_EQ(rig->offs + rig->resets + rig->clock_reads, 0);
}

/* A load of +20 latches +24; the world's clock starts at the setting. */
static void test_clock(struct check *t, struct rig *rig)
{
    static const uint64_t times_ps[] = {0,
                                        999,
                                        1000,
                                        UINT64_C(999999999999),
                                        UINT64_C(1000000000000),
                                        UINT64_C(1999999999999),
                                        UINT64_C(86400) * 1000000000000 + 123456789};
    CHECK_EQ(get(t, rig, 24), 0);
    for (unsigned i = 0; i < sizeof times_ps / sizeof times_ps[0]; i++) {
        rig->time_ps = times_ps[i];
        CHECK_EQ(get(t, rig, 20), 737251200 + times_ps[i] / UINT64_C(1000000000000));
        rig->time_ps += UINT64_C(5123456789012);
        CHECK_EQ(get(t, rig, 24), times_ps[i] / 1000 % 1000000000);
        CHECK_EQ(get(t, rig, 24), times_ps[i] / 1000 % 1000000000);
    }
    unsigned reads = rig->clock_reads;
    rig->answer = PHYS_STALL; /* and then nothing has happened */
    struct system_controller_state before = rig->controller.state;
    uint64_t value;
    CHECK_EQ(phys_load(rig->phys, SYSTEM_CONTROLLER_BASE + 20, 4, &value), PHYS_STALL);
    CHECK(!memcmp(&before, &rig->controller.state, sizeof before));
    rig->answer = PHYS_OK;
    CHECK_EQ(rig->clock_reads, reads);
    rig->controller.world_start_seconds = UINT32_MAX; /* 32 bits of seconds wrap */
    rig->time_ps = UINT64_C(2000000000000);
    CHECK_EQ(get(t, rig, 20), 1);
}

static void test_off_and_reset(struct check *t, struct rig *rig)
{
    CHECK_EQ(put(rig, 4, 0x12345603), PHYS_OK);
    CHECK_EQ(rig->offs, 1);
    CHECK_EQ(rig->status, 3);
    CHECK_EQ(put(rig, 28, 0), PHYS_OK);
    CHECK_EQ(rig->resets, 1);
    rig->answer = PHYS_STALL;
    CHECK_EQ(put(rig, 4, 1), PHYS_STALL);
    CHECK_EQ(put(rig, 28, 1), PHYS_STALL);
    CHECK_EQ(rig->offs, 1);
    CHECK_EQ(rig->resets, 1);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.system_controller", argc, argv);
    struct rig rig = {.phys = phys_new(PHYS_RAM_BYTES_MIN), .answer = PHYS_OK};
    if (!rig.phys)
        return 1;
    rig.controller = (struct system_controller){.ram_bytes = 32 << 20,
                                                .processors = 1,
                                                .clock_hz = 50000000,
                                                .world_start_seconds = 737251200,
                                                .backend = &backend,
                                                .backend_arg = &rig};
    phys_add_window(rig.phys, SYSTEM_CONTROLLER_BASE, SYSTEM_CONTROLLER_WINDOW_BYTES, &system_controller_ops,
                    &rig.controller);
    test_constants(&t, &rig);
    test_widths(&t, &rig);
    test_clock(&t, &rig);
    test_off_and_reset(&t, &rig);
    phys_free(rig.phys);
    return check_end(&t);
}
