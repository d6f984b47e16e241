/* config.c - what a system is built from (system_config): defaults, and what cannot be. */
#include "ft/config/config.h"

#include <inttypes.h>
#include <string.h>

#include "ft/message.h"
#include "ft/recording.h"
#include "mmu/base/hard.h"
#include "mmu/base/vtime.h"
#include "mmu/phys.h"

void system_config_defaults(struct system_config *config)
{
    memset(config, 0, sizeof *config);
    config->protocol = "bs-revised";
    /* Not one instruction: where each epoch awaits a channel, a guest would set its timer too late, and never end. */
    config->epoch_insns = HARD(4096, 100);
    config->ram_bytes = 32 << 20;
    config->threads = 2;
    config->input_fd = config->output_fd = config->operator_fd = -1;
    settings_defaults(&config->settings);
    static const uint8_t mac[NETWORK_MAC_BYTES] = {0x02, 'U', 'S', 0, 0, 1}; /* locally administered */
    memcpy(config->network.mac, mac, sizeof mac);
}

void system_config_replay(struct system_config *config, const struct recording_file *file)
{
    const struct recording_about *about = &file->about;
    config->mode = MODE_SOLO;
    config->epoch_insns = about->epoch_insns;
    config->ram_bytes = about->ram_bytes;
    config->settings = about->settings;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        config->virtio[i].kind = about->virtio[i];
    memcpy(config->network.mac, about->mac, sizeof config->network.mac);
    config->replay = file;
}

unsigned system_config_network(const struct system_config *config)
{
    unsigned slot = 0;
    while (slot < VIRTIO_SLOTS && config->virtio[slot].kind != VIRTIO_NET)
        slot++;
    return slot;
}

const char *failover_policy_name(enum failover_policy policy)
{
    static const char *const names[] = {"the protocol's own", "disconnect", "uncertain", "reissue"};
    return names[policy];
}

enum disks_kept system_config_disks(const struct system_config *config)
{
    enum disks_kept kept = !config->disk_path ? DISKS_NONE : config->disk_snapshot ? DISKS_SNAPSHOT : DISKS_KEPT;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct virtio_config *virtio = &config->virtio[i];
        if (virtio->disk_path && kept != DISKS_KEPT)
            kept = virtio->disk_snapshot ? DISKS_SNAPSHOT : DISKS_KEPT;
    }
    return kept;
}

void system_config_snapshot(struct system_config *config)
{
    config->disk_snapshot = true;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        config->virtio[i].disk_snapshot = true;
}

bool system_config_check(const struct system_config *config, struct error *error)
{
    const struct settings *s = &config->settings;
    if (config->ram_bytes < PHYS_RAM_BYTES_MIN || config->ram_bytes > PHYS_RAM_BYTES_MAX ||
        config->ram_bytes % PHYS_PAGE_BYTES)
        return error_set(error, "RAM cannot be %u bytes: 4M to 3584M, a multiple of 4096, is wanted",
                         config->ram_bytes);
    if (config->epoch_insns < 1 || config->epoch_insns > UINT32_MAX)
        return error_set(error, "an epoch cannot be %" PRIu64 " instructions long: 1 to 4294967295 is wanted",
                         config->epoch_insns);
    if (config->threads < 1 || config->threads > 2)
        return error_set(error, "there cannot be %u host threads: 1 or 2 is wanted", config->threads);
    if (s->timeout_us <= s->heartbeat_us + 2 * s->channel_latency_us)
        return error_set(error,
                         "timeout-us=%" PRIu64 " would declare a living computer failed: more than heartbeat-us plus "
                         "twice channel-latency-us (%" PRIu64 ") is wanted",
                         s->timeout_us, s->heartbeat_us + 2 * s->channel_latency_us);
    /* What is sent more often than the line can carry it waits in the channel, ever longer. */
    uint64_t heartbeat_bits = UINT64_C(8) * MESSAGE_HEADER_BYTES, us_per_s = PS_PER_S / PS_PER_US;
    if (config->mode == MODE_PAIR && s->channel_bits_per_s * s->heartbeat_us <= heartbeat_bits * us_per_s)
        return error_set(error,
                         "channel-bits-per-s=%" PRIu64 " is too slow for a heartbeat (%" PRIu64
                         " bits) every heartbeat-us=%" PRIu64 ": more than %" PRIu64 " is wanted",
                         s->channel_bits_per_s, heartbeat_bits, s->heartbeat_us,
                         heartbeat_bits * us_per_s / s->heartbeat_us);
    if (!vms_check(config, error))
        return false;
    for (unsigned i = system_config_network(config) + 1; i < VIRTIO_SLOTS; i++)
        if (config->virtio[i].kind == VIRTIO_NET)
            return error_set(error, "virtio slots %u and %u are both 'net': one network device is wanted",
                             system_config_network(config), i);
    if (s->computers > 1 && config->mode != MODE_BARE)
        return error_set(error, "computers=%" PRIu64 " needs mode bare: solo has one, and pair two, with monitors",
                         s->computers);
    return true;
}
