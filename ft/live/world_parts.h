/* world_parts.h - inside of the world's process: who is connected, and what it knows of each. Private to ft/live/. */
#ifndef US_FT_LIVE_WORLD_PARTS_H
#define US_FT_LIVE_WORLD_PARTS_H

#include "ft/live/address.h"
#include "ft/live/counts.h"
#include "ft/live/describe.h"
#include "ft/live/link.h"
#include "ft/live/tape_file.h"
#include "ft/live/user_network.h"
#include "ft/live/world_process.h"
#include "ft/recording.h"
#include "ft/world/world.h"

enum { MEMBERS_MAX = 16, HELD_KEYS_MAX = 32 };

/* What a node is, as the world knows it. */
enum seat_state {
    MEMBER_FREE,
    MEMBER_HELLO,  /* somebody has come, and has not said who */
    MEMBER_SPARE,  /* a node that has the image and waits */
    MEMBER_ACTING, /* the primary, or the survivor */
    MEMBER_JOINS,  /* its VP is on its way there */
    MEMBER_BACKUP, /* it has all: it may take over */
    MEMBER_GONE,   /* fenced off: what waits for it is sent, and nothing is heard of it any more */
};

struct member {
    enum seat_state state;
    struct link link;
    unsigned number;  /* of the node, from 1 */
    unsigned process; /* its number on its host, for a person */
    uint64_t came_ps;
    char address[ADDRESS_TEXT_MAX];
    bool takes; /* it wants input from number `take` on */
    uint64_t take;
    bool watches; /* the same of events, from number `watch` on */
    uint64_t watch;
    bool receives; /* the same of frames, from number `receive` on */
    uint64_t receive;
    /* What is down at its keyboard and pointer. */
    uint32_t held[HELD_KEYS_MAX], buttons;
    unsigned held_count;
    /* H of its VP, and the file of its recording; of one that joins, what it has said so far and cannot be put behind
     * its survivor's yet. */
    bool forked;
    uint64_t epoch; /* in which its VP was when it told last */
    struct history history;
    struct tape_file tape;
    note_bytes early_notes, early_tape;
};

struct live_world {
    const struct world_options *options;
    struct address address;
    int listener;
    struct world world;        /* of no computers */
    struct user_network *user; /* at the other end of its network; NULL: none */
    struct description description;
    struct member members[MEMBERS_MAX];
    struct member *acting; /* NULL: nobody yet, or it is gone */
    struct member *last;   /* who acted last */
    unsigned numbers;
    uint64_t now_ps, first_ps, recorded_ps;
    uint64_t unshown;  /* bytes that wait for standard output */
    bool guest_starts; /* it has */
    uint64_t deaf_ps;  /* when the host had no descriptor for who came; 0: it had, the last time */
    char *recording;   /* the path of its file, without links; NULL: there is none yet */
    bool paired;       /* another has been sent to the one that acts, and that has not declared it failed */
    /* How it ended. */
    bool over;
    uint64_t over_ps;
    struct recording_end end;
    struct node_counts counts[2];  /* of the nodes that were there at the end, by enum role */
    VEC(struct system_rule) rules; /* what the operator was told because of them */
    VEC(char *) rule_texts;
    /* When it was judged last; performances judged before, repeated ones, and commands that no disk has seen. */
    uint64_t judged_ps, forgotten, repeated, judged_refused;
    bool followed;
    char violation[640];
    double begin_seconds;
};

/* ---- world_process.c ---- */

/* A line for the operator, with the time. */
void hub_tell(struct live_world *hub, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* SEAT is refused, or sees its connection end: WHY in a line. */
void hub_refuse(struct live_world *hub, struct member *member, const char *why);
/* The run is over. */
void hub_over(struct live_world *hub, enum system_end end, int status, const char *why);
/* SEAT holds what is shared from now on. */
void hub_acts(struct live_world *hub, struct member *member);

/* ---- world_judge.c ---- */

/* What both computers have passed is judged, if it has been so much since, and forgotten. */
void hub_judge_prefix(struct live_world *hub);
/* The verdict of the whole run. */
void hub_judge(struct live_world *hub, struct system_result *result);

/* ---- world_requests.c ---- */

/* FRAME has come from SEAT. False: it makes no sense. */
bool hub_request(struct live_world *hub, struct member *member, struct frame_reader *frame);
/* Give those who wait for input what there is. */
void hub_give_input(struct live_world *hub);
/* The same of events of keyboard and pointer. */
void hub_give_events(struct live_world *hub);
/* MEMBER is gone, and so are its keyboard and pointer: what was down there goes up. */
void hub_let_go(struct live_world *hub, struct member *member);
/* Give those who wait for frames from the network what has come. */
void hub_give_frames(struct live_world *hub);

#endif
