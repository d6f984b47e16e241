/* network_capture.c - see network.h: a capture file as tcpdump and Wireshark read it (the classic pcap format, with
 * nanoseconds). It is big-endian, whatever the host is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io/network.h"
#include "io/stream.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

#define MAGIC_NANOSECONDS UINT32_C(0xA1B23C4D)

enum { VERSION_MAJOR = 2, VERSION_MINOR = 4, LINKTYPE_ETHERNET = 1, FILE_HEADER_BYTES = 24, RECORD_HEADER_BYTES = 16 };

struct network_capture {
    char *path;
    int fd, cause; /* the errno of the first failure; 0: none */
    uint64_t epoch_s;
    uint64_t written; /* frames that the file has */
};

static void write_all(struct network_capture *capture, const void *bytes, size_t size)
{
    if (!capture->cause)
        capture->cause = stream_write(capture->fd, bytes, size);
}

struct network_capture *network_capture_new(const char *path, uint64_t epoch_s, struct error *error)
{
    uint8_t header[FILE_HEADER_BYTES] = {0};
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd < 0) {
        error_set(error, "cannot write '%s', the capture of the network: %s", path, strerror(errno));
        return NULL;
    }
    struct network_capture *capture = calloc(1, sizeof *capture);
    memory_need(capture);
    *capture = (struct network_capture){.path = strdup(path), .fd = fd, .epoch_s = epoch_s};
    memory_need(capture->path);
    be32_store(header, MAGIC_NANOSECONDS);
    be16_store(header + 4, VERSION_MAJOR);
    be16_store(header + 6, VERSION_MINOR);
    be32_store(header + 16, NETWORK_FRAME_MAX);
    be32_store(header + 20, LINKTYPE_ETHERNET);
    write_all(capture, header, sizeof header);
    return capture;
}

void network_capture_free(struct network_capture *capture)
{
    if (!capture)
        return;
    close(capture->fd);
    free(capture->path);
    free(capture);
}

void network_capture_add(struct network_capture *capture, uint64_t count, const uint8_t *bytes, uint32_t size,
                         uint64_t time_ps)
{
    uint8_t record[RECORD_HEADER_BYTES + NETWORK_FRAME_MAX];
    if (count <= capture->written)
        return;
    capture->written = count;
    be32_store(record, (uint32_t)(capture->epoch_s + time_ps / PS_PER_S));
    be32_store(record + 4, (uint32_t)(time_ps % PS_PER_S / 1000));
    be32_store(record + 8, size);
    be32_store(record + 12, size);
    memcpy(record + RECORD_HEADER_BYTES, bytes, size);
    write_all(capture, record, RECORD_HEADER_BYTES + size);
}

void network_capture_forget_future(struct network_capture *capture, uint64_t count)
{
    if (capture->written > count)
        capture->written = count;
}

int network_capture_error(const struct network_capture *capture, const char **path)
{
    *path = capture->path;
    return capture->cause;
}
