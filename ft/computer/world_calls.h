/* world_calls.h - how a computer reaches what computers share: the disks, the terminal, the network, the arbiter. They
 * are in this process (`world_calls_here`; every call is done when it returns, at one virtual time), or in another one,
 * which is asked by messages (ft/live/) and answers later. Nobody above this table knows which.
 */
#ifndef US_FT_COMPUTER_WORLD_CALLS_H
#define US_FT_COMPUTER_WORLD_CALLS_H

#include "ft/computer/computer.h"

struct world_calls {
    /* FLIGHT, which is in computer->in_flight, is on its way to the disk. */
    void (*issue)(struct computer *computer, struct in_flight *flight);
    /* SIZE bytes for the terminal, the first of them with number FIRST_NUMBER. */
    void (*put)(struct computer *computer, uint64_t first_number, const uint8_t *bytes, size_t size);
    /* Up to which number does the terminal have what COMPUTER has put? */
    uint64_t (*performed)(const struct computer *computer);
    /* What was typed as byte NUMBER. */
    enum terminal_input (*take)(struct computer *computer, uint64_t number, uint8_t *byte);
    /* Event NUMBER of keyboard and pointer; false: not yet. */
    bool (*take_event)(struct computer *computer, uint64_t number, uint32_t *event);
    /* Frame NUMBER (from 1) for the network. */
    void (*send)(struct computer *computer, uint64_t number, const uint8_t *bytes, uint32_t size);
    /* Up to which number has the network what COMPUTER has sent? */
    uint64_t (*sent)(const struct computer *computer);
    /* Let what is to come from the network by now come. When may there be more? TIME_NEVER: it will be said. */
    uint64_t (*look)(struct computer *computer);
    /* The first frame from NUMBER on that has come, which lives until the next call; NULL: there is none yet. */
    const struct network_frame *(*take_frame)(struct computer *computer, uint64_t number);
    /* The arbiter's test-and-set. ARBITER_NOT_YET: ask again. */
    enum arbiter_answer (*arbitrate)(struct computer *computer);
    /* The size of disk DEVICE; 0: there is none. */
    uint32_t (*disk_blocks)(const struct computer *computer, unsigned device);
};

extern const struct world_calls world_calls_here;

#endif
