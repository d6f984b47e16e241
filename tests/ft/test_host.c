/* test_host.c - the host fails while a system runs: passed up as one line, never shown to the guest as data; and a host
 * that has no more threads gets the same run on one.
 *
 *   test_ft_host GUESTS
 */
#include <errno.h>
#include <pthread.h>
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

/* This program's host has one thread. (In a perturbing build the name is a macro's, too.) */
int(pthread_create)(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    return EAGAIN;
}

static uint64_t run_pair(struct check *t, const char *guests, unsigned threads)
{
    char guest[4096];
    struct system_config config;
    struct system_result result;
    struct error error = {{0}};
    snprintf(guest, sizeof guest, "%s/ledger.elf", guests);
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.ram_bytes = 4 << 20;
    config.disk_path = "/tmp/test_host.never";
    config.disk_create_bytes = 1 << 20;
    config.disk_overlay = true;
    config.threads = threads;
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error) && system_run(system, &error));
    system_result(system, &result);
    CHECK(result.end == END_EXIT && result.status == 0 && result.explainable);
    system_free(system);
    return result.digest ^ result.instructions ^ result.messages;
}

static void test_threads(struct check *t, const char *guests)
{
    CHECK_EQ(run_pair(t, guests, 2), run_pair(t, guests, 1));
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.host", argc, argv);
    if (!check_needs(&t, argv[1], "ledger.elf"))
        return 2;
    for (enum system_mode mode = MODE_BARE; mode <= MODE_PAIR; mode++)
        test_disk(&t, argv[1], mode);
    test_threads(&t, argv[1]);
    return check_end(&t);
}
