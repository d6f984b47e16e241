/* log_guest.c - see log_guest.h. */
#include "log_guest.h"

#include <stdio.h>
#include <stdlib.h>

struct system_config log_config(enum system_mode mode)
{
    struct system_config config;
    system_config_defaults(&config);
    config.mode = mode;
    config.ram_bytes = 4 << 20;
    config.epoch_insns = 1000;
    config.threads = 1;
    config.disk_path = "log-test-disk-that-is-not-there";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    return config;
}

struct system *log_system(const struct system_config *config, const char *path)
{
    struct error error = {""};
    struct system *system = system_new(config, &error);
    if (system && system_load(system, path, &error))
        return system;
    printf("no system: %s\n", error.text);
    exit(1);
}
