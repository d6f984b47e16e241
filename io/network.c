/* network.c - see network.h. */
#include "io/network.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

uint64_t network_content(const uint8_t *bytes, uint32_t size)
{
    return XXH3_64bits(bytes, size);
}

static void pop(struct network *network)
{
    free(QUEUE_FRONT(&network->kept)->bytes);
    QUEUE_POP(&network->kept);
}

void network_free(struct network *network)
{
    while (QUEUE_COUNT(&network->kept))
        pop(network);
    QUEUE_FREE(&network->kept);
    VEC_FREE(&network->sent);
    VEC_FREE(&network->came);
    network_capture_free(network->capture);
    *network = (struct network){0};
}

/* How many frames have been on the wire, by the present time. */
static uint64_t wire_count(const struct network *network)
{
    return network->sent_before + network->sent.count + network->on_wire;
}

void network_send(struct network *network, uint32_t generation, uint64_t number, const uint8_t *bytes, uint32_t size,
                  uint64_t time_ps)
{
    if (generation < network->generation)
        return;
    network_look(network, time_ps);
    *VEC_PUSH(&network->sent) = (struct network_sent){number, network_content(bytes, size)};
    if (number > network->performed)
        network->performed = number;
    if (network->capture)
        network_capture_add(network->capture, wire_count(network), bytes, size, time_ps);
    if (network->end)
        network->end->sent(network->end_arg, bytes, size, time_ps);
}

void network_fence(struct network *network, uint32_t generation)
{
    if (generation > network->generation)
        network->generation = generation;
}

void network_arrive(struct network *network, const uint8_t *bytes, uint32_t size, uint64_t time_ps)
{
    uint64_t number = network->came_before + network->came.count;
    if (number - network->taken >= NETWORK_WAITING_MAX) {
        network->lost++;
        return;
    }
    struct network_frame *frame = QUEUE_PUSH(&network->kept);
    *frame = (struct network_frame){number, time_ps, size, malloc(size)};
    memory_need(frame->bytes);
    memcpy(frame->bytes, bytes, size);
    *VEC_PUSH(&network->came) = network_content(bytes, size);
}

/* The frames that have come by TIME_PS are on the wire. */
static void pass(struct network *network, uint64_t time_ps)
{
    for (size_t i = network->kept.first; i < network->kept.items.count; i++) {
        const struct network_frame *frame = &network->kept.items.at[i];
        if (frame->number < network->on_wire || frame->time_ps > time_ps)
            continue;
        network->on_wire = frame->number + 1;
        if (network->capture)
            network_capture_add(network->capture, wire_count(network), frame->bytes, frame->size_bytes, frame->time_ps);
    }
}

/* When the next one that nobody has taken is here. */
static uint64_t next_arrival_ps(const struct network *network, uint64_t after_ps)
{
    for (size_t i = network->kept.first; i < network->kept.items.count; i++)
        if (network->kept.items.at[i].number >= network->taken && network->kept.items.at[i].time_ps > after_ps)
            return network->kept.items.at[i].time_ps;
    return TIME_NEVER;
}

uint64_t network_look(struct network *network, uint64_t time_ps)
{
    uint64_t again = network->end ? network->end->look(network->end_arg, time_ps) : TIME_NEVER;
    pass(network, time_ps);
    uint64_t arrival = next_arrival_ps(network, time_ps);
    return arrival < again ? arrival : again;
}

const struct network_frame *network_take(struct network *network, uint64_t number, uint64_t time_ps)
{
    while (QUEUE_COUNT(&network->kept) && QUEUE_FRONT(&network->kept)->number + NETWORK_KEPT_MAX < network->taken)
        pop(network);
    for (size_t i = network->kept.first; i < network->kept.items.count; i++) {
        const struct network_frame *frame = &network->kept.items.at[i];
        if (frame->time_ps > time_ps)
            break;
        if (frame->number < number)
            continue;
        if (frame->number >= network->taken)
            network->taken = frame->number + 1;
        return frame;
    }
    return NULL;
}

void network_forget(struct network *network, uint64_t sent, uint64_t came)
{
    uint64_t gone = came > network->came_before ? came - network->came_before : 0;
    network->sent.count -= sent;
    if (sent)
        memmove(network->sent.at, network->sent.at + sent, network->sent.count * sizeof *network->sent.at);
    network->sent_before += sent;
    network->came.count -= gone;
    if (gone)
        memmove(network->came.at, network->came.at + gone, network->came.count * sizeof *network->came.at);
    network->came_before += gone;
}

void network_forget_future(struct network *network)
{
    if (network->capture)
        network_capture_forget_future(network->capture, wire_count(network));
}

/* ---- addresses ---- */

bool network_mac_parse(const char *text, uint8_t mac[NETWORK_MAC_BYTES])
{
    unsigned byte[NETWORK_MAC_BYTES];
    char end;
    if (strspn(text, "0123456789abcdefABCDEF:") != strlen(text) || strlen(text) + 1 != NETWORK_MAC_TEXT_BYTES ||
        sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4], &byte[5], &end) !=
            NETWORK_MAC_BYTES)
        return false;
    for (unsigned i = 0; i < NETWORK_MAC_BYTES; i++)
        mac[i] = (uint8_t)byte[i];
    return !(mac[0] & 1) && (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]);
}

void network_mac_format(const uint8_t mac[NETWORK_MAC_BYTES], char text[NETWORK_MAC_TEXT_BYTES])
{
    snprintf(text, NETWORK_MAC_TEXT_BYTES, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
}

/* ---- between runs ---- */

static void visit_sent(struct visit *visit, struct network_sent *sent)
{
    VISIT(visit, sent->number);
    VISIT(visit, sent->content);
}

static void visit_content(struct visit *visit, uint64_t *content)
{
    VISIT(visit, *content);
}

static void visit_frame(struct visit *visit, struct network_frame *frame)
{
    VISIT(visit, frame->number);
    VISIT(visit, frame->time_ps);
    VISIT_BELOW(visit, frame->size_bytes, NETWORK_FRAME_MAX + 1);
    visit_owned(visit, &frame->bytes, frame->size_bytes);
    if (visit->reading && frame->size_bytes < NETWORK_FRAME_MIN)
        visit_refuse(visit);
}

void network_visit(struct network *network, struct visit *visit)
{
    visit_begin(visit, "network");
    VISIT(visit, network->generation);
    VISIT(visit, network->performed);
    VISIT_GROWING(visit, &network->sent, visit_sent);
    VISIT_GROWING(visit, &network->came, visit_content);
    while (visit->reading && QUEUE_COUNT(&network->kept))
        pop(network);
    VISIT_QUEUE(visit, &network->kept, visit_frame);
    VISIT(visit, network->taken);
    VISIT(visit, network->lost);
    VISIT(visit, network->on_wire);
    for (size_t i = network->kept.first; i < network->kept.items.count && visit->reading; i++) {
        const struct network_frame *frame = &network->kept.items.at[i];
        if (!frame->bytes || frame->number >= network->came.count)
            visit_refuse(visit);
    }
    if (network->taken > network->came.count || network->on_wire > network->came.count) {
        network->taken = network->on_wire = network->came.count;
        visit_refuse(visit);
    }
    visit_end(visit);
}
