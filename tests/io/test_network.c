/* test_network.c - the network's end in the world (numbers, what is kept, what is lost, fences, the capture), and the
 * network device: frames out and in, rings and lengths that make no sense.
 */
#include "io/network.h"

#include "mmu/base/vtime.h"
#include "tests/check.h"
#include "tests/io/virtio_rig.h"

enum { NET, RECEIVE = 0, TRANSMIT = 1, HEADER = 12 };
static const enum virtio_kind kinds[VIRTIO_SLOTS] = {VIRTIO_NET};

/* ---- the world's end ---- */

/* Somebody at the other end who answers each frame 100 later, and comes by itself every 1000. */
struct far_end {
    struct network *network;
    uint64_t looks, frames;
};

static void far_sent(void *arg, const uint8_t *bytes, uint32_t size, uint64_t time_ps)
{
    struct far_end *far = arg;
    far->frames++;
    network_arrive(far->network, bytes, size, time_ps + 100);
}

static uint64_t far_look(void *arg, uint64_t time_ps)
{
    ((struct far_end *)arg)->looks++;
    return time_ps / 1000 * 1000 + 1000;
}

static const struct network_end far_ops = {far_sent, far_look};

static void test_order(struct check *t)
{
    struct network network = {0};
    struct far_end far = {&network, 0, 0};
    uint8_t frame[20] = {1};
    network_send(&network, 0, 1, frame, sizeof frame, 5); /* the cable is in nothing */
    CHECK_EQ(network.sent.count, 1);
    CHECK(network_look(&network, 10) == TIME_NEVER);
    CHECK(network_take(&network, 0, 10) == NULL);
    network.end = &far_ops;
    network.end_arg = &far;
    for (uint8_t i = 0; i < 3; i++) {
        frame[0] = i;
        network_send(&network, 0, 2 + i, frame, sizeof frame, 10 + i);
    }
    CHECK_EQ(network.performed, 4);
    CHECK_EQ(far.frames, 3);
    CHECK_EQ(network_look(&network, 20), 110); /* the first answer, before the far end comes by itself */
    CHECK(network_take(&network, 0, 109) == NULL);
    const struct network_frame *took = network_take(&network, 0, 110);
    CHECK(took && took->number == 0 && took->bytes[0] == 0);
    CHECK(network_take(&network, 1, 110) == NULL);
    CHECK_EQ(network_look(&network, 110), 111);
    took = network_take(&network, 1, 112);
    CHECK(took && took->number == 1 && took->bytes[0] == 1);
    took = network_take(&network, 2, 112);
    CHECK(took && took->number == 2);
    CHECK_EQ(network_look(&network, 112), 1000);
    took = network_take(&network, 0, 112); /* a new primary asks again */
    CHECK(took && took->number == 0 && took->size_bytes == sizeof frame);
    network_fence(&network, 1);
    network_send(&network, 0, 9, frame, sizeof frame, 130); /* of one that has been fenced off */
    CHECK_EQ(network.sent.count, 4);
    CHECK_EQ(far.frames, 3);
    network_send(&network, 1, 3, frame, sizeof frame, 130); /* again: a network may repeat */
    CHECK_EQ(network.sent.count, 5);
    CHECK_EQ(network.performed, 4);
    network_free(&network);
}

static void test_bounds(struct check *t)
{
    struct network network = {0};
    uint8_t frame[NETWORK_FRAME_MAX] = {0};
    for (unsigned i = 0; i < NETWORK_WAITING_MAX + 10; i++)
        network_arrive(&network, frame, NETWORK_FRAME_MIN + i, i);
    CHECK_EQ(network.came.count, NETWORK_WAITING_MAX);
    CHECK_EQ(network.lost, 10);
    for (uint64_t i = 0; i < 2000; i++) { /* what was taken long ago is gone, what is kept bounded */
        const struct network_frame *took = network_take(&network, i, 1000000);
        CHECK(took && took->number == i);
        network_arrive(&network, frame, 60, 1000 + i);
        CHECK(QUEUE_COUNT(&network.kept) <= NETWORK_WAITING_MAX + NETWORK_KEPT_MAX + 1);
    }
    const struct network_frame *first = network_take(&network, 0, 1000000);
    CHECK(first && first->number >= 2000 - NETWORK_KEPT_MAX - 1 && first->number < 2000);
    network_free(&network);
}

static void test_addresses(struct check *t)
{
    static const char *const wrong[] = {"",
                                        "02:00:00:00:00",
                                        "02:00:00:00:00:0",
                                        "02:00:00:00:00:000",
                                        "03:00:00:00:00:01",
                                        "00:00:00:00:00:00",
                                        "ff:ff:ff:ff:ff:ff",
                                        "02-00-00-00-00-01",
                                        "02:00:00:00:00:0g",
                                        "2:00:00:00:00:001",
                                        "02:00:00:00:00:01 "};
    uint8_t mac[NETWORK_MAC_BYTES];
    char text[NETWORK_MAC_TEXT_BYTES];
    CHECK(network_mac_parse("02:55:aB:00:ff:01", mac));
    network_mac_format(mac, text);
    CHECK(!strcmp(text, "02:55:ab:00:ff:01"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(!network_mac_parse(wrong[i], mac));
}

static void test_capture(struct check *t)
{
    static const char path[] = "network_capture.pcap";
    struct error error;
    uint8_t frame[14] = {9}, file[256];
    const char *where;
    struct network_capture *capture = network_capture_new(path, 100, &error);
    CHECK(capture != NULL);
    if (!capture)
        return;
    network_capture_add(capture, 1, frame, sizeof frame, 2 * PS_PER_S + 3000);
    network_capture_add(capture, 1, frame, sizeof frame, 0); /* the file has it */
    CHECK_EQ(network_capture_error(capture, &where), 0);
    network_capture_free(capture);
    FILE *in = fopen(path, "rb");
    size_t size = in ? fread(file, 1, sizeof file, in) : 0;
    if (in)
        fclose(in);
    unlink(path);
    CHECK_EQ(size, 24 + 16 + 14);
    static const uint8_t record[16] = {0, 0, 0, 102, 0, 0, 0, 3, 0, 0, 0, 14, 0, 0, 0, 14};
    CHECK(!memcmp(file, "\xA1\xB2\x3C\x4D\0\2\0\4", 8));
    CHECK(!memcmp(file + 24, record, sizeof record));
    CHECK(network_capture_new("/no/such/folder/file", 0, &error) == NULL);
}

/* ---- the device ---- */

static struct virtio_rig *open_rig(void)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_open(rig, NET, 2);
    return rig;
}

static void test_device(struct check *t)
{
    struct virtio_rig *rig = open_rig();
    uint64_t value;
    CHECK_EQ(rig_reg(rig, NET, 0x008), 1);
    rig_set(rig, NET, 0x014, 0);
    CHECK_EQ(rig_reg(rig, NET, 0x010), 1u << 28 | 1u << 5); /* indirect descriptors, an address; no offloads */
    CHECK_EQ(phys_load(rig->phys, VIRTIO_BASE + 0x105, 1, &value), PHYS_OK);
    CHECK_EQ(value, 9);
    CHECK(rig_reg(rig, NET, 0x030) == 1 || rig_reg(rig, NET, 0x034) == 128);
    virtio_rig_free(rig);
}

/* A frame of SIZE bytes, in PARTS descriptors, is sent. */
static void send(struct virtio_rig *rig, uint32_t size, unsigned parts)
{
    uint32_t left = HEADER + size, at = RIG_DATA;
    for (uint32_t i = 0; i < size; i++)
        phys_dma_write(rig->phys, RIG_DATA + HEADER + i, &(uint8_t){(uint8_t)(i * 3)}, 1);
    for (unsigned i = 0; i < parts; i++) {
        uint32_t part = i + 1 == parts ? left : left / 2;
        rig_descriptor(rig, rig_desc(NET, TRANSMIT), i, at, part, i + 1 == parts ? 0 : RIG_NEXT, (uint16_t)(i + 1));
        at += part;
        left -= part;
    }
    rig_offer(rig, NET, TRANSMIT, 0);
}

static void test_send(struct check *t)
{
    static const uint32_t sizes[] = {NETWORK_FRAME_MIN, 60, 1000, NETWORK_FRAME_MAX};
    struct virtio_rig *rig = open_rig();
    unsigned sent = 0;
    for (unsigned i = 0; i < 4; i++)
        for (unsigned parts = 1; parts <= 4; parts++) {
            send(rig, sizes[i], parts);
            CHECK_EQ(rig->frames, ++sent);
            CHECK_EQ(rig->frame_bytes, sizes[i]);
            CHECK_EQ(rig->frame[sizes[i] - 1], (uint8_t)((sizes[i] - 1) * 3));
            CHECK_EQ(rig_given(rig, NET, TRANSMIT), sent); /* at once */
        }
    CHECK_EQ(rig->logs, 0);
    static const uint32_t wrong[] = {0, 1, NETWORK_FRAME_MIN - 1, NETWORK_FRAME_MAX + 1, 65000};
    for (unsigned i = 0; i < 5; i++) { /* not sent, said, given back, and the device goes on */
        send(rig, wrong[i], 1);
        CHECK_EQ(rig->frames, sent);
        CHECK_EQ(rig->logs, i + 1);
        CHECK(strstr(rig->log, "is not sent: 14 to 1514 are wanted") != NULL);
        CHECK_EQ(rig_given(rig, NET, TRANSMIT), sent + i + 1);
    }
    rig_descriptor(rig, rig_desc(NET, TRANSMIT), 0, RIG_DATA, 5, 0, 0); /* less than a header */
    rig_offer(rig, NET, TRANSMIT, 0);
    CHECK_EQ(rig->frames, sent);
    CHECK(!rig_broken(rig, NET));
    send(rig, 60, 2);
    CHECK_EQ(rig->frames, sent + 1);
    rig_descriptor(rig, rig_desc(NET, TRANSMIT), 0, UINT32_MAX - 4, 100, 0, 0); /* a ring that points to nowhere */
    rig_offer(rig, NET, TRANSMIT, 0);
    CHECK(rig_broken(rig, NET));
    CHECK(strstr(rig->log, "a buffer that is not in memory") != NULL);
    send(rig, 60, 1);
    CHECK_EQ(rig->frames, sent + 1);
    rig_open(rig, NET, 2);
    send(rig, 60, 1);
    CHECK_EQ(rig->frames, sent + 2);
    virtio_rig_free(rig);
}

static void test_receive(struct check *t)
{
    struct virtio_rig *rig = open_rig();
    struct virtio_net *net = virtio_slots_net(&rig->slots);
    uint8_t frame[NETWORK_FRAME_MAX];
    memset(frame, 0x5A, sizeof frame);
    CHECK(net && !virtio_net_listening(net) && virtio_net_room(net) == 0);
    for (uint16_t i = 0; i < 2; i++) {
        rig_descriptor(rig, rig_desc(NET, RECEIVE), i, RIG_DATA + 0x1000u * i, HEADER + NETWORK_FRAME_MAX, RIG_WRITE,
                       0);
        rig_offer(rig, NET, RECEIVE, i);
    }
    CHECK(virtio_net_listening(net));
    CHECK_EQ(rig->frames_wanted, 1);
    CHECK_EQ(virtio_net_room(net), 2);
    virtio_net_receive(net, frame, 60);
    CHECK_EQ(virtio_net_room(net), 1);
    CHECK_EQ(rig_given(rig, NET, RECEIVE), 1);
    CHECK_EQ(rig_written(rig, NET, RECEIVE), HEADER + 60);
    CHECK_EQ(rig_get16(rig, RIG_DATA + 10), 1); /* num_buffers */
    CHECK_EQ(rig_get8(rig, RIG_DATA + HEADER + 59), 0x5A);
    CHECK_EQ(rig_get8(rig, RIG_DATA + HEADER + 60), 0);
    CHECK_EQ(rig->posts[8 + NET], 1);
    virtio_net_receive(net, frame, NETWORK_FRAME_MAX);
    CHECK_EQ(rig_written(rig, NET, RECEIVE), HEADER + NETWORK_FRAME_MAX);
    virtio_net_receive(net, frame, 60); /* no buffer any more */
    CHECK_EQ(net->state.lost, 1);
    CHECK(!rig_broken(rig, NET));
    rig_descriptor(rig, rig_desc(NET, RECEIVE), 0, RIG_DATA, HEADER + 20, RIG_WRITE, 0);
    rig_offer(rig, NET, RECEIVE, 0);
    virtio_net_receive(net, frame, 60);
    CHECK(rig_broken(rig, NET));
    CHECK(strstr(rig->log, "too small for a frame") != NULL);
    CHECK(!virtio_net_listening(net));
    rig_open(rig, NET, 2); /* an available ring that makes no sense has room, so that it is looked at, and breaks */
    rig_put16(rig, rig_avail(NET, RECEIVE) + 2, 500);
    rig_set(rig, NET, 0x050, RECEIVE);
    CHECK_EQ(virtio_net_room(net), RIG_NUM);
    virtio_net_receive(net, frame, 60);
    CHECK(rig_broken(rig, NET));
    virtio_rig_free(rig);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.network", argc, argv);
    test_order(&t);
    test_bounds(&t);
    test_addresses(&t);
    test_capture(&t);
    test_device(&t);
    test_send(&t);
    test_receive(&t);
    return check_end(&t);
}
