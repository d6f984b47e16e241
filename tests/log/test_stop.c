/* test_stop.c - test_log_stop GUEST.elf: a run stops at each kind of stop point, at the place that stop.h says, and
 * comes to the same end as a run that never stopped.
 */
#include "ft/system.h"
#include "log_guest.h"
#include "tests/check.h"

static struct system *new_pair(const char *guest)
{
    struct system_config config = log_config(MODE_PAIR);
    config.epoch_insns = 500;
    return log_system(&config, guest);
}

static enum stop_kind go(struct system *system, unsigned computer, const struct stop_point *point)
{
    struct system_until until = {.computer = computer, .points = point, .point_count = point ? 1 : 0};
    return system_run_until(system, &until);
}

/* To the end, without stop points: the digest must be WANTED. */
static void finish(struct check *t, struct system *system, uint64_t wanted)
{
    struct system_result result;
    while (system_run_until(system, &(struct system_until){0}) != STOP_ENDED)
        continue;
    system_result(system, &result);
    CHECK_EQ(result.end, END_EXIT);
    CHECK(result.explainable);
    CHECK_EQ(result.digest, wanted);
    system_free(system);
}

static void stop_at_epoch(struct check *t, const char *guest, uint64_t digest)
{
    struct system *system = new_pair(guest);
    struct stop_point point = {.place = STOP_AT_EPOCH, .number = 4};
    CHECK_EQ(go(system, 0, &point), STOP_BREAKPOINT);
    CHECK(system_stop_hit(system)->point == &point);
    CHECK_EQ(computer_epoch(system, 0), 4);
    CHECK_EQ(cpu_state(computer_cpu(system, 0))->insns, 1500);
    CHECK_EQ(go(system, 0, &point), STOP_ENDED); /* not again where it begins */
    finish(t, system, digest);
}

static void stop_at_operation(struct check *t, const char *guest, unsigned computer, uint64_t digest)
{
    struct system *system = new_pair(guest);
    struct stop_point point = {.place = STOP_AT_OPERATION, .number = 2};
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    CHECK(system_stop_hit(system)->point == &point);
    CHECK_EQ(system_stop_hit(system)->count, 2);
    point.number = 0; /* every one: the next is the third */
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    CHECK_EQ(system_stop_hit(system)->count, 3);
    finish(t, system, digest);
}

static void stop_at_step(struct check *t, const char *guest, unsigned computer, enum protocol_step step,
                         uint64_t digest)
{
    struct system *system = new_pair(guest);
    struct stop_point point = {.place = STOP_AT_STEP, .step = step, .number = 3};
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    CHECK(system_stop_hit(system)->point == &point);
    CHECK_EQ(system_stop_hit(system)->count, 3);
    point.number = 0;
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    CHECK_EQ(system_stop_hit(system)->count, 4);
    finish(t, system, digest);
}

static void stop_at_message(struct check *t, const char *guest, unsigned computer, uint64_t digest)
{
    struct system *system = new_pair(guest);
    struct stop_point point = {.place = STOP_AT_MESSAGE, .classes = 1u << MESSAGE_END};
    for (uint64_t epoch = 1; epoch <= 3; epoch++) {
        CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
        CHECK_EQ(system_stop_hit(system)->message.message_class, MESSAGE_END);
        CHECK_EQ(system_stop_hit(system)->message.epoch, epoch);
        CHECK(system_stop_hit(system)->sent == (computer == 0));
    }
    finish(t, system, digest);
}

/* The first store of 4 bytes above the stack pointer after some instructions, and the first interruption. */
static void stop_at_processor(struct check *t, const char *guest, unsigned computer, uint64_t digest)
{
    struct system *system = new_pair(guest);
    struct system_until until = {.computer = computer, .insns = 700};
    CHECK_EQ(system_run_until(system, &until), STOP_REACHED);
    uint32_t sp = cpu_state(computer_cpu(system, computer))->gr[30];
    struct stop_point point = {
        .place = STOP_AT_ACCESS, .offset = sp - 64, .size_bytes = 256, .kinds = ACCESS_READ | ACCESS_WRITE};
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    const struct stop_hit *hit = system_stop_hit(system);
    CHECK(hit->point == &point && hit->access.offset >= sp - 64 && hit->access.offset < sp + 192);
    uint64_t stopped = computer_time_ps(system, computer);
    CHECK(computer_time_ps(system, 1 - computer) + 1000000 >= stopped); /* both are at one virtual time */
    point = (struct stop_point){.place = STOP_AT_TRAP, .vectors = UINT64_C(1) << VECTOR_EXTERNAL};
    CHECK_EQ(go(system, computer, &point), STOP_BREAKPOINT);
    const struct cpu_state *state = cpu_state(computer_cpu(system, computer));
    CHECK_EQ(hit->vector, VECTOR_EXTERNAL);
    CHECK_EQ(state->iaoq_front, state->cr[CR_IVA] + 32 * VECTOR_EXTERNAL);
    finish(t, system, digest);
}

int main(int argc, char **argv)
{
    struct check checks = check_begin("log stop", argc, argv), *t = &checks;
    struct system_result result;
    struct error error;
    if (argc < 2)
        return 2;
    struct system *system = new_pair(argv[1]);
    CHECK(system_run(system, &error));
    system_result(system, &result);
    CHECK_EQ(result.end, END_EXIT);
    system_free(system);
    stop_at_epoch(t, argv[1], result.digest);
    for (unsigned computer = 0; computer < 2; computer++) {
        stop_at_operation(t, argv[1], computer, result.digest);
        stop_at_message(t, argv[1], computer, result.digest);
        stop_at_processor(t, argv[1], computer, result.digest);
    }
    stop_at_step(t, argv[1], 0, PROTOCOL_STEP_END_SENT, result.digest);
    stop_at_step(t, argv[1], 0, PROTOCOL_STEP_OPERATION_ISSUED, result.digest);
    stop_at_step(t, argv[1], 1, PROTOCOL_STEP_B_MESSAGE_RECEIVED, result.digest);
    stop_at_step(t, argv[1], 1, PROTOCOL_STEP_B_DELIVERED, result.digest);
    return check_end(t);
}
