/* test_host.c - the host fails while a system runs: passed up as one line, never shown to the guest as data.
 *
 *   test_ft_host GUESTS
 */
#include <stdio.h>
#include <unistd.h>

#include "ft/system.h"
#include "tests/check.h"

/* The disk's image is cut short after it was opened, and ledger reads it. */
static void test_disk(struct check *t, const char *guests, enum system_mode mode)
{
    char guest[4096], disk[] = "/tmp/test_host.XXXXXX";
    struct system_config config;
    struct error error = {{0}};
    int fd = mkstemp(disk);
    CHECK(fd >= 0 && ftruncate(fd, 1 << 20) == 0);
    snprintf(guest, sizeof guest, "%s/ledger.elf", guests);
    system_config_defaults(&config);
    config.mode = mode;
    config.ram_bytes = 4 << 20;
    config.disk_path = disk;
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error) && ftruncate(fd, 0) == 0);
    CHECK(system && !system_run(system, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, disk);
    system_free(system);
    close(fd);
    unlink(disk);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.host", argc, argv);
    for (enum system_mode mode = MODE_BARE; mode <= MODE_PAIR; mode++)
        test_disk(&t, argv[1], mode);
    return check_end(&t);
}
