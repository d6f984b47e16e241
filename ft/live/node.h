/* node.h - inside of a node: one computer in a process of its own (node_process.h), and how it reaches its peer and the
 * world. Private to ft/live/.
 */
#ifndef US_FT_LIVE_NODE_H
#define US_FT_LIVE_NODE_H

#include "ft/live/address.h"
#include "ft/live/describe.h"
#include "ft/live/host.h"
#include "ft/live/link.h"
#include "ft/live/node_monitor.h"
#include "ft/live/node_process.h"
#include "ft/protocols.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"

/* The computer at the other end of the channel (remote_peer.c). */
struct remote_peer {
    struct link link;
    uint64_t sent, sent_bytes;       /* messages */
    uint64_t acked, acked_bytes;     /* of those: what the peer has said that it has */
    uint64_t came, came_bytes, told; /* messages of the peer; of which it has been told */
    uint64_t opened_ps;
    bool hears_world;
    bool perf_told; /* [perf] has been said, with this time of an instruction */
    uint64_t perf_told_ps;
    frame_bytes_vec off; /* [off, E] waits until the world has the end: then nobody needs to issue it again */
};

/* The world (remote_world.c). */
struct remote_world {
    struct link link;
    uint64_t shown, put; /* terminal output: up to which number it has it, and up to which it was sent */
    frame_bytes_vec input;
    uint64_t input_first; /* the number of its first byte */
    bool input_asked, input_ended;
    VEC(uint32_t) events; /* of keyboard and pointer, that have come */
    uint64_t events_first;
    bool events_asked;
    enum { ARBITER_IDLE, ARBITER_ASKED, ARBITER_GRANTED } arbiter;
    uint32_t granted;
    uint64_t granted_shown, granted_sent;
    uint64_t frames_sent, frames_put;   /* frames: up to which number the network has them, and they were sent */
    QUEUE(struct network_frame) frames; /* that have come, and were not taken yet */
    bool frames_asked;
    uint32_t blocks[DISK_DEVICES];
};

/* How fast this computer works: what an instruction takes it, measured while its VP has no end of what to execute. */
struct work_rate {
    uint64_t insn_ps;        /* by the last measurement; 0: there was none */
    uint64_t insns, took_ps; /* of the one under way */
    uint64_t at_insns;       /* when the last turn began */
};

struct node {
    const struct node_options *options;
    struct address address;
    int listener;
    uint64_t origin_ps;         /* the host's clock at the start */
    uint64_t now_ps, before_ps; /* the host's time when it was looked at last, and the time before */
    uint64_t accepted_ps, flushed_ps, looked_ps, waits_ps;

    struct node_monitor monitor;

    /* What the world has said. */
    struct remote_world world;
    unsigned number;
    uint64_t seed;
    struct description description;
    char image_name[256];
    uint8_t *image;
    size_t image_bytes, image_come;
    char protocol[DESCRIPTION_NAME_BYTES];
    bool started, awaits_partner; /* to be the primary; another node is to come before the guest starts */
    unsigned partner, came;       /* which one is announced; which one is there */
    char key[HOST_KEY_MAX];
    struct address partner_address;
    bool prepared; /* for its join: memory has been looked at, up to this page */
    uint32_t prepared_from;
    bool partner_joins, met; /* it is to come to this node; this node is to go there */

    /* The computer. */
    bool built;
    struct system system; /* of one computer: what others share is at the other end of `world` */
    struct computer *computer;
    struct protocol *written; /* the protocol, if it is one out of a file */
    struct channel incoming;
    struct remote_peer peer;
    struct work_rate rate;
    frame_bytes_vec screen; /* the end of what its guest has written to the terminal, for who looks */
    note_bytes notes;
    bool noted; /* and told the world */
    size_t told[PROCESSES_MAX];
    uint64_t started_ps;
    bool joining, join_told, stop_told, followed_told, differs_told;
    uint64_t join_place; /* what has been sent when the join was complete */
    enum advance result;

    enum system_end end; /* how the run has ended, and with which status of the guest */
    int guest_status;
    bool closing; /* the run is over; it ends when the world closes the connection */
    bool stopped; /* and the guest has not ended it, but */
    char why[256];
    uint64_t closes_by_ps;
    bool over;
    int status;
    struct error *error;
};

/* Now, by the host's monotonic clock since the start, in picoseconds. */
uint64_t node_clock_ps(const struct node *node);
/* The guest has written SIZE bytes more to the terminal. */
void node_wrote(struct node *node, const uint8_t *bytes, size_t size);
/* This node is at its end. */
void node_ends(struct node *node, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Build the computer: with the image as the primary, or to await a VP. */
bool node_build(struct node *node, bool primary);

/* ---- remote_peer.c ---- */

extern const struct peer_calls remote_peer_calls;
/* The frames that have come from the partner. */
void partner_read(struct node *node);
/* Send what the world has said to be over, an acknowledgement, a beat: whatever is due. */
void partner_say(struct node *node);
void partner_send_off(struct node *node);
/* Is somebody to come to the listener, and can he? If one has come, take the connection. */
bool partner_expected(const struct node *node);
void partner_accept(struct node *node);
/* Go to the survivor that is to be joined. */
void partner_visit(struct node *node);
/* Before a node joins, the picture of memory that it will be sent is made piece by piece, beside the VP: what has
 * changed again until the join begins is little, and only for that the VP stands still. Is that under way; do some. */
bool partner_preparing(const struct node *node);
void partner_prepare(struct node *node);
/* vmm->join_if_due: a node that was announced has come, and everything that this one has put is performed. */
bool partner_join_if_due(struct vmm *vmm);

/* ---- remote_world.c ---- */

extern const struct world_calls remote_world_calls;
void reach_read(struct node *node);
void reach_forget_frames(struct node *node);
/* What is to be said after a turn: H, recording, the operator's lines, that another has joined, the end; a beat. */
void reach_say(struct node *node);

#endif
