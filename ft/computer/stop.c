/* stop.c - see stop.h. */
#include "ft/computer/stop.h"

#include "ft/computer/computer.h"

/* POINT as the processor's watch. */
static void arm_watch(struct cpu *cpu, const struct stop_point *point, bool on)
{
    unsigned kinds = point->kinds | (point->place == STOP_BEFORE_ACCESS ? ACCESS_BEFORE : 0);
    (on ? cpu_watch_add : cpu_watch_remove)(cpu, point->offset, point->size_bytes, kinds);
}

static void arm_processor(struct cpu *cpu, const struct stops *stops, bool on, bool pass)
{
    uint64_t vectors = 0;
    for (unsigned i = 0; i < stops->count; i++) {
        const struct stop_point *point = &stops->points[i];
        if (point->place == STOP_AT_ADDRESS)
            (on ? cpu_breakpoint_add : cpu_breakpoint_remove)(cpu, point->offset);
        else if (point->place == STOP_AT_ACCESS || point->place == STOP_BEFORE_ACCESS)
            arm_watch(cpu, point, on);
        else if (point->place == STOP_AT_TRAP)
            vectors |= point->vectors;
    }
    cpu_stop_at_traps(cpu, on ? vectors : 0);
    if (pass)
        cpu_breakpoint_pass(cpu);
}

void stops_arm(struct computer *computer, const struct system_until *until)
{
    struct stops *stops = &computer->stops;
    struct place place = computer_place(computer);
    *stops = (struct stops){.points = until->points, .count = until->point_count};
    stops->begin_insns = until->goes_on ? UINT64_MAX : computer_insns(computer);
    stops->begin_epoch = !place.in_epoch && !until->goes_on ? place.epoch : 0;
    for (unsigned i = 0; i < computer->board->processors; i++) {
        arm_processor(computer->board->processor[i].cpu, stops, true, !until->goes_on);
        cpu_watch_pass(computer->board->processor[i].cpu, until->told ? until->told[i] : 0);
    }
}

bool stops_disarm(struct computer *computer, struct stop_hit *hit)
{
    struct stops *stops = &computer->stops;
    bool stopped = stops_hit(computer);
    for (unsigned i = 0; i < computer->board->processors; i++)
        arm_processor(computer->board->processor[i].cpu, stops, false, false);
    *hit = stops->hit;
    *stops = (struct stops){0};
    return stopped;
}

bool stops_hit(const struct computer *computer)
{
    return computer->stops.hit.point || computer->stops.at_breakpoint;
}

/* The run stops at POINT; the first of several counts. */
static struct stop_hit *hit(struct computer *computer, const struct stop_point *point)
{
    struct stops *stops = &computer->stops;
    if (stops->hit.point)
        return NULL;
    stops->hit = (struct stop_hit){.point = point};
    board_request_stop(computer->board);
    return &stops->hit;
}

bool stops_at_epoch(struct computer *computer, uint64_t epoch)
{
    const struct stops *stops = &computer->stops;
    for (unsigned i = 0; i < stops->count && epoch != stops->begin_epoch; i++) {
        const struct stop_point *point = &stops->points[i];
        if (point->place == STOP_AT_EPOCH && point->number == epoch)
            hit(computer, point);
    }
    return stops->hit.point != NULL;
}

bool stops_at_output(struct computer *computer)
{
    const struct stops *stops = &computer->stops;
    uint64_t output = computer->board->state.outputs + 1;
    for (unsigned i = 0; i < stops->count && computer_insns(computer) != stops->begin_insns; i++) {
        const struct stop_point *point = &stops->points[i];
        if (point->place != STOP_AT_OPERATION || (point->number && point->number != output))
            continue;
        struct stop_hit *here = hit(computer, point);
        if (here)
            here->count = output;
        return true;
    }
    return false;
}

void stops_at_step(struct computer *computer, enum protocol_step step, uint64_t count)
{
    const struct stops *stops = &computer->stops;
    for (unsigned i = 0; i < stops->count; i++) {
        const struct stop_point *point = &stops->points[i];
        if (point->place != STOP_AT_STEP || point->step != step || (point->number && point->number != count))
            continue;
        struct stop_hit *here = hit(computer, point);
        if (here)
            here->count = count;
    }
}

bool stops_at_a_step(const struct computer *computer, enum protocol_step step)
{
    const struct stops *stops = &computer->stops;
    for (unsigned i = 0; i < stops->count; i++)
        if (stops->points[i].place == STOP_AT_STEP && stops->points[i].step == step)
            return true;
    return false;
}

bool stops_at_messages(const struct computer *computer)
{
    const struct stops *stops = &computer->stops;
    for (unsigned i = 0; i < stops->count; i++)
        if (stops->points[i].place == STOP_AT_MESSAGE)
            return true;
    return stops_at_a_step(computer, PROTOCOL_STEP_B_MESSAGE_RECEIVED) ||
           stops_at_a_step(computer, PROTOCOL_STEP_B_ACKED);
}

void stops_at_message(struct computer *computer, const struct message *message, bool sent)
{
    const struct stops *stops = &computer->stops;
    for (unsigned i = 0; i < stops->count; i++) {
        const struct stop_point *point = &stops->points[i];
        if (point->place != STOP_AT_MESSAGE || !(point->classes >> message->message_class & 1))
            continue;
        struct stop_hit *here = hit(computer, point);
        if (!here)
            return;
        here->message = *message;
        here->message.bulk = NULL;
        here->message.disk.data = NULL;
        here->sent = sent;
    }
}

/* Is what the processor CPU reported what POINT waits for? */
static bool is_point(const struct cpu *cpu, uint32_t iaoq, enum cpu_stop stop, const struct stop_point *point)
{
    const struct cpu_access *access = cpu_watch_hit(cpu);
    switch (stop) {
    case CPU_STOP_BREAKPOINT:
        return point->place == STOP_AT_ADDRESS && ((point->offset ^ iaoq) & ~UINT32_C(3)) == 0;
    case CPU_STOP_WATCH:
    case CPU_STOP_REFERENCE:
        return point->place == (stop == CPU_STOP_WATCH ? STOP_AT_ACCESS : STOP_BEFORE_ACCESS) &&
               (point->kinds & access->kinds) && access->offset <= point->offset + (point->size_bytes - 1) &&
               point->offset <= access->offset + (access->size_bytes - 1);
    default:
        return point->place == STOP_AT_TRAP && point->vectors >> cpu_vector_taken(cpu) & 1;
    }
}

bool stops_processor(struct computer *computer, enum cpu_stop stop)
{
    struct stops *stops = &computer->stops;
    struct cpu *cpu = computer->board->running;
    if (stop != CPU_STOP_BREAKPOINT && stop != CPU_STOP_WATCH && stop != CPU_STOP_REFERENCE && stop != CPU_STOP_TRAP)
        return false;
    stops->at_breakpoint = true;
    for (unsigned i = 0; i < stops->count && !stops->hit.point; i++)
        if (is_point(cpu, cpu_state(cpu)->iaoq_front, stop, &stops->points[i]))
            stops->hit.point = &stops->points[i];
    stops->hit.access = *cpu_watch_hit(cpu);
    stops->hit.vector = cpu_vector_taken(cpu);
    for (unsigned i = 0; i < computer->board->processors; i++)
        if (computer->board->processor[i].cpu == cpu)
            stops->hit.processor = i;
    return true;
}
