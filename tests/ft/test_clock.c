/* test_clock.c - a computer's hardware clock against virtual time, both ways, for every drift that a setting allows. */
#include "ft/computer/computer.h"

#include "mmu/base/vtime.h"
#include "tests/check.h"

static void test_drift(struct check *t, struct computer *computer, int64_t drift_ppm, struct rng *rng)
{
    computer->drift_ppm = drift_ppm;
    CHECK_EQ(computer_hardware_clock(computer, 0), 0);
    /* after a second it is off by that many microseconds */
    CHECK_EQ(computer_hardware_clock(computer, PS_PER_S), PS_PER_S + (uint64_t)drift_ppm * PS_PER_US);
    uint64_t last_time = 0, last_clock = 0;
    for (unsigned i = 0; i < 2000; i++) {
        uint64_t time_ps = rng_next(rng) >> (8 + rng_upto(rng, 50)); /* up to 20 hours */
        uint64_t clock_ps = computer_hardware_clock(computer, time_ps);
        CHECK(time_ps < last_time || clock_ps >= last_clock); /* never backwards */
        last_time = time_ps;
        last_clock = clock_ps;
        CHECK(computer_hardware_clock(computer, time_ps + 1) >= clock_ps);
        uint64_t back = computer_clock_to_time(computer, clock_ps);
        CHECK(computer_hardware_clock(computer, back) >= clock_ps); /* never before the clock shows it ... */
        CHECK(back <= time_ps + 1 && time_ps <= back + 1);          /* ... and to the picosecond of rounding */
        CHECK(computer_hardware_clock(computer, back) <= clock_ps + 1);
    }
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.clock", argc, argv);
    struct rng rng = rng_new(t.seed, 1);
    struct computer *computer = calloc(1, sizeof *computer);
    if (!computer)
        return 1;
    for (int64_t drift_ppm = -1000; drift_ppm <= 1000; drift_ppm += 37)
        test_drift(&t, computer, drift_ppm, &rng);
    for (int64_t drift_ppm = -2; drift_ppm <= 2; drift_ppm++)
        test_drift(&t, computer, drift_ppm, &rng);
    test_drift(&t, computer, 1000, &rng);
    free(computer);
    return check_end(&t);
}
