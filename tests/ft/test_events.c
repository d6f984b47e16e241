/* test_events.c - the queue of events (by time, then by order of scheduling), virtual time, and our generator. */
#include "ft/computer/events.h"

#include "mmu/base/rng.h"
#include "tests/check.h"

static void test_order(struct check *t)
{
    struct events events = {0};
    CHECK_EQ(events_next_time(&events), TIME_NEVER);
    static const uint64_t times[] = {50, 10, 50, 30, 10, 0, 50, TIME_NEVER - 1};
    for (unsigned i = 0; i < 8; i++)
        events_add(&events, times[i], EVENT_DISK, i);
    static const uint64_t wanted[] = {5, 1, 4, 3, 0, 2, 6, 7};
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQ(events_next_time(&events), times[wanted[i]]);
        struct event event = events_pop(&events);
        CHECK_EQ(event.number, wanted[i]);
        CHECK_EQ(event.time_ps, times[wanted[i]]);
    }
    CHECK_EQ(events_next_time(&events), TIME_NEVER);
    events_free(&events);
}

static void test_cancel(struct check *t)
{
    struct events events = {0};
    events_cancel(&events, EVENT_TIMER); /* of none */
    for (unsigned i = 0; i < 20; i++)
        events_add(&events, 100 - i, i % 3 ? EVENT_TIMER : EVENT_DISK, i);
    events_cancel(&events, EVENT_TIMER);
    events_cancel(&events, EVENT_INPUT);
    for (unsigned i = 0; i < 7; i++) {
        struct event event = events_pop(&events);
        CHECK_EQ(event.kind, EVENT_DISK);
        CHECK_EQ(event.number, 18 - i * 3);
    }
    CHECK_EQ(events_next_time(&events), TIME_NEVER);
    events_free(&events);
}

/* Random additions, removals and cancellations against a list that is searched. */
static void test_random(struct check *t)
{
    enum { STEPS = 20000, LIST_MAX = 256 };
    struct events events = {0};
    struct event list[LIST_MAX];
    unsigned count = 0;
    struct rng rng = rng_new(t->seed, 1);
    for (uint64_t step = 0; step < STEPS; step++) {
        uint64_t what = rng_upto(&rng, 99);
        if (what < 50 && count < LIST_MAX) {
            list[count] = (struct event){rng_upto(&rng, 50), step, rng_next(&rng), (enum event_kind)rng_upto(&rng, 4)};
            events_add(&events, list[count].time_ps, list[count].kind, list[count].number);
            count++;
        } else if (what == 99) {
            enum event_kind kind = (enum event_kind)rng_upto(&rng, 4);
            unsigned kept = 0;
            for (unsigned i = 0; i < count; i++)
                if (list[i].kind != kind)
                    list[kept++] = list[i];
            count = kept;
            events_cancel(&events, kind);
        } else if (count) {
            unsigned first = 0;
            for (unsigned i = 1; i < count; i++) /* the list is in order of scheduling */
                if (list[i].time_ps < list[first].time_ps)
                    first = i;
            struct event event = events_pop(&events);
            CHECK(event.time_ps == list[first].time_ps && event.number == list[first].number &&
                  event.kind == list[first].kind);
            memmove(list + first, list + first + 1, (--count - first) * sizeof list[0]);
        }
        CHECK((events_next_time(&events) == TIME_NEVER) == (count == 0));
    }
    events_free(&events);
}

/* ticks_to_time is the FIRST picosecond at which time_to_ticks gives that many. */
static void test_vtime(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    CHECK_EQ(time_to_ticks(PS_PER_S, 50000000), 50000000);
    CHECK_EQ(time_to_ticks(PS_PER_S - 1, 50000000), 49999999);
    CHECK_EQ(ticks_to_time(1, 50000000), 20000);
    CHECK_EQ(ticks_to_time(1, 3), UINT64_C(333333333334));
    CHECK_EQ(ticks_to_time(0, 1000), 0);
    for (unsigned i = 0; i < 50000; i++) {
        uint64_t hz = 1000 + rng_upto(&rng, UINT64_C(1000000000) - 1000);
        uint64_t time_ps = rng_next(&rng) >> rng_upto(&rng, 60);
        uint64_t ticks = time_to_ticks(time_ps, hz);
        uint64_t first = ticks_to_time(ticks, hz);
        CHECK(first <= time_ps);
        CHECK_EQ(time_to_ticks(first, hz), ticks);
        if (first)
            CHECK_EQ(time_to_ticks(first - 1, hz), ticks - 1);
    }
}

/* SplitMix64 by its published sequence for the state 1234567; the limits are reached and kept. */
static void test_rng(struct check *t)
{
    static const uint64_t known[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                     UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                     UINT64_C(16408922859458223821)};
    struct rng rng = {1234567};
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(rng_next(&rng), known[i]);
    for (uint64_t limit = 0; limit < 20; limit++) {
        unsigned low = 0, high = 0;
        rng = rng_new(t->seed, limit);
        for (unsigned i = 0; i < 1000; i++) {
            uint64_t value = rng_upto(&rng, limit);
            CHECK(value <= limit);
            low += value == 0;
            high += value == limit;
        }
        CHECK(low && high);
    }
    rng = rng_new(t->seed, 7);
    uint64_t all = 0;
    for (unsigned i = 0; i < 100; i++)
        all |= rng_upto(&rng, UINT64_MAX);
    CHECK_EQ(all, UINT64_MAX);
    struct rng one = rng_new(t->seed, 1), two = rng_new(t->seed, 2), other = rng_new(t->seed + 1, 1);
    uint64_t value = rng_next(&one);
    CHECK(value != rng_next(&two) && value != rng_next(&other));
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.events", argc, argv);
    test_order(&t);
    test_cancel(&t);
    test_random(&t);
    test_vtime(&t);
    test_rng(&t);
    return check_end(&t);
}
