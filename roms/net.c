/* net.c - see net.h. */
#include <understudy.h>
#include <net.h>

enum { RECEIVE, TRANSMIT, QUEUES };

static void give_buffer(struct net *net, unsigned index)
{
    const struct virtio_buffer buffer = {net->buffer[index], sizeof net->buffer[index], true};
    int head = virtio_start(&net->device, RECEIVE, &buffer, 1);
    if (head >= 0)
        net->of_head[head] = (uint8_t)index;
}

bool net_open(struct net *net)
{
    unsigned slot = 0;
    while (slot < VIRTIO_SLOTS && virtio_id(slot) != VIRTIO_ID_NET)
        slot++;
    if (slot == VIRTIO_SLOTS ||
        !virtio_open_with(&net->device, slot, net->queue, QUEUES, UINT64_C(1) << VIRTIO_NET_F_MAC))
        return false;
    virtio_config(&net->device, 0, net->mac, sizeof net->mac);
    for (unsigned i = 0; i < NET_BUFFERS; i++)
        give_buffer(net, i);
    return true;
}

void net_send(struct net *net, const uint8_t *frame, uint32_t size)
{
    if (size < NET_FRAME_MIN || size > NET_FRAME_MAX)
        return;
    memset(net->out, 0, NET_HEADER_BYTES);
    memcpy(net->out + NET_HEADER_BYTES, frame, size);
    const struct virtio_buffer buffer = {net->out, NET_HEADER_BYTES + size, false};
    virtio_start(&net->device, TRANSMIT, &buffer, 1);
    virtio_wait(&net->device, TRANSMIT, NULL);
}

uint32_t net_receive(struct net *net, uint8_t frame[NET_FRAME_MAX])
{
    uint32_t size = 0;
    int head = virtio_ended(&net->device, RECEIVE, &size);
    if (head < 0)
        return 0;
    unsigned index = net->of_head[head];
    size = size > NET_HEADER_BYTES ? size - NET_HEADER_BYTES : 0;
    memcpy(frame, net->buffer[index] + NET_HEADER_BYTES, size);
    give_buffer(net, index);
    return size;
}

/* An alarm ends the idle hint, whether or not its interrupt is enabled. */
uint32_t net_wait(struct net *net, uint8_t frame[NET_FRAME_MAX], uint32_t timeout_us)
{
    uint32_t end = timer_ticks() + (uint32_t)((uint64_t)system_clock_hz() * timeout_us / 1000000), size;
    timer_alarm(end);
    while ((size = net_receive(net, frame)) == 0 && (int32_t)(timer_ticks() - end) < 0)
        idle();
    return size;
}
