/* settings.h - the one table of settings: names, units, defaults, limits. `--set NAME=VALUE`, the monitor's `set`,
 * `info settings` and the documentation all read it. Names are fixed by the interface; units come last in them.
 */
#ifndef US_FT_SETTINGS_H
#define US_FT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"
#include "mmu/base/hard.h"

enum { BOARD_PROCESSORS_MAX = 8 };

enum { SYNC_NONE, SYNC_HOST };
enum { TIMING_BRANCHES, TIMING_INSTRUCTIONS };
enum { THIN_TIMER_MAX = 1000 };
#define SKID_MARGIN_OWN UINT64_C(4294967295)
/* lag-max-us where it is not given: settings_lag_max_us. */
#define LAG_MAX_OWN_US   UINT64_C(4294967295)
#define LAG_MAX_LEAST_US UINT64_C(20000)

/* SETTING(member, "name", default, minimum, maximum, scale, "unit", "what it is"): limits as stored, stored = shown *
 * scale. */
#define SETTINGS(SETTING)                                                                                              \
    SETTING(clock_hz, "clock-hz", 50000000, 1000, 1000000000, 1, "Hz", "the board's clock; CR16 counts at it")         \
    SETTING(world_clock, "world-clock", 737251200, 0, 4294967295, 1, "s",                                              \
            "world's clock at the start, since 1970 (UTC); now: the host's")                                           \
    SETTING(computers, "computers", 1, 1, 2, 1, "computers", "bare: 2 are joined by their channel ports")              \
    SETTING(processors, "processors", 1, 1, BOARD_PROCESSORS_MAX, 1, "processors", "real processors of a computer")    \
    SETTING(spares, "spares", 0, 0, BOARD_PROCESSORS_MAX - 1, 1, "processors",                                         \
            "of them, the highest, that stay idle until one is needed (solo, pair)")                                   \
    SETTING(trap_delay, "trap-delay", 20, 0, 1000, 1, "instructions", "a delayed trap surfaces within this many")      \
    SETTING(tlb_entries, "tlb-entries", HARD(256, 2), 2, 512, 1, "entries", "size of each TLB")                        \
    SETTING(tlb_combined, "tlb-combined", 0, 0, 1, 1, "0 or 1", "one TLB for instructions and data")                   \
    SETTING(disk_latency_us, "disk-latency-us", 200, 0, 10000000, 1, "us", "time of a disk command")                   \
    SETTING(disk_spread_us, "disk-spread-us", 40, 0, 10000000, 1, "us",                                                \
            "largest addition to it, by the computer's seed")                                                          \
    SETTING(sync, "sync", 0, 0, 1, 1, "none or host",                                                                  \
            "a guest's flush waits for nothing, or for the host's own disk (fdatasync)")                               \
    SETTING(drift_ppm, "drift-ppm", 20, 0, 1000, 1, "ppm", "largest drift of a computer's clock, by its seed")         \
    SETTING(channel_latency_us, "channel-latency-us", 20, 1, 1000000, 1, "us", "a message's way from end to end")      \
    SETTING(channel_bits_per_s, "channel-bits-per-s", 1000000000, 1000, 1000000000000, 1, "bit/s",                     \
            "channel bandwidth")                                                                                       \
    SETTING(channel_crash, "channel-crash", 0, 0, 1, 1, "0 or 1",                                                      \
            "1: a crash loses a suffix of what is in the channel")                                                     \
    SETTING(net_latency_us, "net-latency-us", 100, 1, 10000000, 1, "us", "a frame's way to the network's other end")   \
    SETTING(net_bits_per_s, "net-bits-per-s", 100000000, 1000, 1000000000000, 1, "bit/s", "the wire's bandwidth")      \
    SETTING(heartbeat_us, "heartbeat-us", 1000, 10, 10000000, 1, "us", "time between heartbeats")                      \
    SETTING(timeout_us, "timeout-us", 5000, 20, 100000000, 1, "us",                                                    \
            "silence after which the other is declared failed")                                                        \
    SETTING(world_timeout_s, "world-timeout", 10, 1, 86400, 1, "s",                                                    \
            "live: so long a node goes without the world, and the world without a node")                               \
    SETTING(digest_epochs, "digest-epochs", 0, 0, 4294967295, 1, "epochs",                                             \
            "exchange state digests this often; 0 never")                                                              \
    SETTING(lag_epochs, "lag-epochs", HARD(1024, 2), 2, 65536, 1, "epochs",                                            \
            "the backup's host thread may be this far behind")                                                         \
    SETTING(lag_report_us, "lag-report-us", 6000, 1, 10000000, 1, "us",                                                \
            "a backup's lag is reported so long after it was so, at least")                                            \
    SETTING(lag_max_us, "lag-max-us", LAG_MAX_OWN_US, 0, LAG_MAX_OWN_US, 1, "us",                                      \
            "a backup's largest lag, beyond which its primary is slowed; 0 none; 4294967295 what the others allow")    \
    SETTING(snapshot_mib, "snapshot-mib", 512, 1, 1048576, 1, "MiB", "memory for snapshots to go back in time")        \
    SETTING(epoch_counts, "epoch-counts", 0, 0, 1, 1, "0 or 1", "1: the recovery register counts memory references")   \
    SETTING(epoch_on_drain, "epoch-on-drain", 0, 0, 1, 1, "0 or 1", "DRAIN ends the epoch (alternate embodiment)")     \
    SETTING(epoch_on_idle, "epoch-on-idle", 1, 0, 1, 1, "0 or 1", "the idle hint ends the epoch")                      \
    SETTING(timing, "timing", TIMING_BRANCHES, 0, 1, 1, "branches or instructions",                                    \
            "what says where an epoch ends whose end the primary chooses")                                             \
    SETTING(counter_skid, "counter-skid", 0, 0, 1000, 1, "instructions",                                               \
            "a backup's counter enters its monitor up to so many late, by its seed")                                   \
    SETTING(skid_margin, "skid-margin", SKID_MARGIN_OWN, 0, SKID_MARGIN_OWN, 1, "branches",                            \
            "so much earlier it is armed; 4294967295: counter-skid")                                                   \
    SETTING(critical_max, "critical-max", 1024, 0, 1000000000, 1, "instructions",                                      \
            "a virtual interrupt that a guest cannot take is given after so many; 0: at once")                         \
    SETTING(thin_timer, "thin-timer", 1, 1, THIN_TIMER_MAX, 1, "matches",                                              \
            "one interrupt for so many of a regular interval timer; 1: each")                                          \
    SETTING(thin_max_us, "thin-max-us", 20000, 0, 1000000, 1, "us", "a match is withheld for so long at most")         \
    SETTING(gather_us, "gather-us", 0, 0, 1000000, 1, "us",                                                            \
            "input and ends of disk commands wait so long for more; 0: not")                                           \
    SETTING(drain_priv, "drain-priv", 1, 0, 1, 1, "0 or 1", "Drain_Priv of fault-tolerant virtual processors")         \
    SETTING(cost_simulate_ns, "cost-simulate-us", 0, 0, 1000000000, 1000, "us",                                        \
            "VMM's time for a simulated instruction")                                                                  \
    SETTING(cost_epoch_ns, "cost-epoch-us", 0, 0, 1000000000, 1000, "us", "VMM's time for an epoch boundary")          \
    SETTING(cost_page_ns, "cost-page-us", 0, 0, 1000000000, 1000, "us",                                                \
            "VMM's time for a page of memory in a checkpoint")                                                         \
    SETTING(cost_other_ns, "cost-other-us", 0, 0, 1000000000, 1000, "us",                                              \
            "VMM's time for all else, at the first boundary")                                                          \
    SETTING(cost_instruction_ps, "cost-instruction-ns", 0, 0, 1000000000, 1000, "ns",                                  \
            "time of an instruction; 0: one tick")

struct settings {
#define SETTING(member, name, initial, minimum, maximum, scale, unit, title) uint64_t member;
    SETTINGS(SETTING)
#undef SETTING
};

struct setting_row {
    const char *name, *unit, *title;    /* unit "none or host": the words for 0 and 1 */
    size_t offset;                      /* of the uint64_t in struct settings */
    uint64_t initial, minimum, maximum; /* in stored units */
    uint32_t scale;                     /* stored = shown * scale: cost settings take decimal fractions */
};

extern const struct setting_row setting_rows[];
extern const size_t setting_count;

/* May the setting change while a system runs (system_set)? The others were built into its computers. */
bool setting_is_live(const struct setting_row *row);

/* So many heartbeats after another comes the acknowledgement that reports what a backup's lag was then: lag-report-us,
 * rounded up. */
uint64_t settings_reports_behind(const struct settings *settings);
/* The smallest bound that a backup's lag can have, with epochs of EPOCH_US: an epoch, two latencies, and the heartbeats
 * until it is known; and the bound that it has (0: none), which is at least twice that and 20 ms unless it is given. */
uint64_t settings_lag_least_us(const struct settings *settings, uint64_t epoch_us);
uint64_t settings_lag_max_us(const struct settings *settings, uint64_t epoch_us);
/* skid-margin, or where it is not given what it is then. */
uint64_t settings_skid_margin(const struct settings *settings);
void settings_defaults(struct settings *settings);
/* Is each one within its limits? */
bool settings_good(const struct settings *settings);
/* Set NAME to the value written in TEXT. False with one line in ERROR if there is no such setting or no such value. */
bool settings_set(struct settings *settings, const char *name, const char *text, struct error *error);
/* The value of ROW as text that settings_set takes. */
void settings_format(const struct settings *settings, const struct setting_row *row, char *text, size_t size);

#endif
