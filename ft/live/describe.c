/* describe.c - see describe.h. */
#include "ft/live/describe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ft/config/config.h"
#include "ft/protocols.h"
#include "mmu/phys.h"

static void line(struct description *description, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void line(struct description *description, const char *format, ...)
{
    size_t length = strlen(description->text);
    va_list args;
    va_start(args, format);
    vsnprintf(description->text + length, sizeof description->text - length, format, args);
    va_end(args);
}

void describe_config(struct description *description, const struct system_config *config,
                     const uint32_t blocks[DISK_DEVICES])
{
    char value[32];
    description->text[0] = '\0';
    line(description, "protocol=%s\nfailover=%u\nepoch=%" PRIu64 "\nram=%" PRIu32 "\nplain=%u\ntimeout=%" PRIu64 "\n",
         config->written ? protocol_called(config->written) : config->protocol, config->failover, config->epoch_insns,
         config->ram_bytes, config->console_plain, config->timeout_insns);
    if (config->written)
        line(description, "protocol-hash=%" PRIu64 "\n", protocol_hash(config->written));
    line(description, "engine=%u\nrecord=%u\n", config->engine, config->record);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (config->virtio[i].kind)
            line(description, "virtio-%u=%s\n", i, virtio_kind_name(config->virtio[i].kind));
    network_mac_format(config->network.mac, value);
    line(description, "mac=%s\n", value);
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        if (blocks[i])
            line(description, "blocks-%u=%" PRIu32 "\n", i, blocks[i]);
    for (size_t i = 0; i < setting_count; i++) {
        settings_format(&config->settings, &setting_rows[i], value, sizeof value);
        line(description, "%s=%s\n", setting_rows[i].name, value);
    }
}

static bool number(const char *text, uint64_t limit, uint64_t *value)
{
    char end;
    return *text >= '0' && *text <= '9' && sscanf(text, "%20" SCNu64 "%c", value, &end) == 1 && *value <= limit;
}

/* The things that are numbers. */
static bool read_number(const char *name, const char *value, struct system_config *config)
{
    uint64_t n = 0;
    if (!number(value, UINT64_MAX, &n))
        return false;
    if (!strcmp(name, "failover") && n <= FAILOVER_REISSUE)
        config->failover = (enum failover_policy)n;
    else if (!strcmp(name, "epoch"))
        config->epoch_insns = n;
    else if (!strcmp(name, "ram") && n <= PHYS_RAM_BYTES_MAX)
        config->ram_bytes = (uint32_t)n;
    else if (!strcmp(name, "plain") && n <= 1)
        config->console_plain = n;
    else if (!strcmp(name, "timeout"))
        config->timeout_insns = n;
    else if (!strcmp(name, "engine") && n <= CPU_ENGINE_TRANSLATOR)
        config->engine = (enum cpu_engine_kind)n;
    else if (!strcmp(name, "record") && n <= 1)
        config->record = n;
    else
        return false;
    return true;
}

/* NAME is PREFIX and an index below LIMIT. */
static bool index_of(const char *name, const char *prefix, uint64_t limit, uint64_t *index)
{
    size_t length = strlen(prefix);
    return !strncmp(name, prefix, length) && number(name + length, limit - 1, index);
}

static bool read_one(const char *name, const char *value, struct system_config *config, uint32_t blocks[DISK_DEVICES],
                     char protocol[DESCRIPTION_NAME_BYTES], uint64_t *written)
{
    uint64_t index, n;
    if (!strcmp(name, "protocol")) {
        config->protocol = protocol;
        return snprintf(protocol, DESCRIPTION_NAME_BYTES, "%s", value) < DESCRIPTION_NAME_BYTES;
    }
    if (!strcmp(name, "protocol-hash"))
        return number(value, UINT64_MAX, written);
    if (index_of(name, "virtio-", VIRTIO_SLOTS, &index)) {
        config->virtio[index].kind = virtio_kind_find(value, strlen(value));
        return config->virtio[index].kind != 0;
    }
    if (index_of(name, "blocks-", DISK_DEVICES, &index)) {
        bool good = number(value, UINT32_MAX, &n);
        blocks[index] = good ? (uint32_t)n : 0;
        return good;
    }
    if (!strcmp(name, "mac"))
        return network_mac_parse(value, config->network.mac);
    return read_number(name, value, config) || settings_set(&config->settings, name, value, NULL);
}

bool describe_read(const char *text, struct system_config *config, uint32_t blocks[DISK_DEVICES],
                   char protocol[DESCRIPTION_NAME_BYTES], uint64_t *written)
{
    char one[128], *equals;
    system_config_defaults(config);
    config->mode = MODE_PAIR;
    config->protocol = "";
    *written = 0;
    memset(blocks, 0, DISK_DEVICES * sizeof blocks[0]);
    for (size_t length; *text; text += length + 1) {
        length = strcspn(text, "\n");
        if (!text[length] || length >= sizeof one)
            return false;
        memcpy(one, text, length);
        one[length] = '\0';
        equals = strchr(one, '=');
        if (!equals)
            return false;
        *equals = '\0';
        if (!read_one(one, equals + 1, config, blocks, protocol, written))
            return false;
    }
    return system_config_check(config, NULL) && (*written || protocol_find(config->protocol, NULL));
}

uint64_t describe_digest(const char *text)
{
    return XXH3_64bits(text, strlen(text));
}
