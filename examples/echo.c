/* echo.c - a server: what comes to port 7 goes back, by UDP (RFC 862) and over one TCP connection at a time.
 *
 * Shows: the network device by net.h and ip.h, and a TCP of the smallest kind: what has come waits in a buffer, whose
 * room is the window, until it has gone back and been acknowledged; what is not, goes again after a while. Nobody at
 * the other end of a connection can tell when the computer under it fails: what was lost goes again, what was not comes
 * twice. The server is 10.0.2.15. A datagram or a connection to port 9 ends it: status 0. Status 3: no network device.
 */
#include <understudy.h>
#include <ip.h>

enum {
    PORT_ECHO = 7,
    PORT_END = 9,
    STATUS_NO_NETWORK = 3,
    BUFFER_BYTES = 16384,
    SEGMENT_BYTES = 1460,
    TCP_HEADER_BYTES = 20,
    AGAIN_US = 200000,
};

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* The one connection. Sequence numbers are those of RFC 9293; `buffer` has what came from received - held on. */
static struct {
    enum { FREE, OPENING, OPEN, CLOSING } state;
    uint32_t peer;
    uint16_t peer_port, port;
    uint32_t received;     /* the next byte that is to come */
    uint32_t acked, sent;  /* of ours: the first that is not acknowledged, the next to be sent */
    uint32_t held, window; /* bytes in the buffer; what the peer takes */
    bool peer_ended;       /* its FIN has come */
    uint8_t buffer[BUFFER_BYTES];
} tcp;

static struct ip ip;
static uint32_t datagrams, connections, echoed;
static bool over;

struct segment {
    uint32_t from, sequence, acknowledges, size;
    uint16_t from_port, to_port, window;
    uint8_t flags;
    const uint8_t *data;
};

static bool parse(const struct ip_packet *packet, struct segment *segment)
{
    const uint8_t *header = packet->data;
    uint32_t length = packet->size >= TCP_HEADER_BYTES ? (uint32_t)(header[12] >> 4) * 4 : 0;
    if (packet->protocol != IP_TCP || length < TCP_HEADER_BYTES || length > packet->size ||
        ip_checksum(ip_sum(ip_pseudo_sum(&ip, packet->from, IP_TCP, packet->size), header, packet->size)))
        return false;
    *segment = (struct segment){.from = packet->from,
                                .sequence = net32(header + 4),
                                .acknowledges = net32(header + 8),
                                .size = packet->size - length,
                                .from_port = net16(header),
                                .to_port = net16(header + 2),
                                .window = net16(header + 14),
                                .flags = header[13],
                                .data = header + length};
    return true;
}

/* Send SIZE bytes of the buffer from sequence number SEQUENCE on, with FLAGS. */
static void send(uint32_t sequence, uint8_t flags, uint32_t size)
{
    static uint8_t out[IP_DATA_MAX];
    uint32_t room = BUFFER_BYTES - tcp.held;
    memset(out, 0, TCP_HEADER_BYTES);
    net16_store(out, tcp.port);
    net16_store(out + 2, tcp.peer_port);
    net32_store(out + 4, sequence);
    net32_store(out + 8, tcp.received);
    out[12] = TCP_HEADER_BYTES / 4 << 4;
    out[13] = flags;
    net16_store(out + 14, room);
    if (size)
        memcpy(out + TCP_HEADER_BYTES, tcp.buffer + (sequence - tcp.acked), size);
    uint32_t length = TCP_HEADER_BYTES + size;
    net16_store(out + 16, ip_checksum(ip_sum(ip_pseudo_sum(&ip, tcp.peer, IP_TCP, length), out, length)));
    ip_send(&ip, tcp.peer, IP_TCP, out, length);
}

/* Whatever the peer takes of what has not been sent; and the end, when it has had all. */
static void push(void)
{
    while (tcp.state == OPEN && tcp.sent - tcp.acked < tcp.held && tcp.sent - tcp.acked < tcp.window) {
        uint32_t left = tcp.held - (tcp.sent - tcp.acked), may = tcp.window - (tcp.sent - tcp.acked);
        uint32_t size = left < may ? left : may;
        size = size < SEGMENT_BYTES ? size : SEGMENT_BYTES;
        send(tcp.sent, ACK | PSH, size);
        tcp.sent += size;
    }
    if (tcp.state == OPEN && tcp.peer_ended && !tcp.held) {
        send(tcp.sent++, FIN | ACK, 0);
        tcp.state = CLOSING;
    }
}

/* Nothing has been heard for a while: what is not acknowledged goes again. */
static void again(void)
{
    if (tcp.state == OPENING)
        send(tcp.acked, SYN | ACK, 0);
    else if (tcp.state == CLOSING)
        send(tcp.acked, FIN | ACK, 0);
    tcp.sent = tcp.state == OPEN ? tcp.acked : tcp.sent;
    push();
}

static void begin(const struct segment *segment)
{
    tcp.state = OPENING;
    tcp.peer = segment->from;
    tcp.peer_port = segment->from_port;
    tcp.port = segment->to_port;
    tcp.received = segment->sequence + 1;
    tcp.acked = (uint32_t)(world_clock().seconds << 8) + ++connections;
    tcp.sent = tcp.acked + 1;
    tcp.held = 0;
    tcp.window = segment->window;
    tcp.peer_ended = false;
    send(tcp.acked, SYN | ACK, 0);
}

static void take_acknowledgement(const struct segment *segment)
{
    uint32_t news = segment->acknowledges - tcp.acked;
    if (!(segment->flags & ACK) || news > tcp.sent - tcp.acked)
        return;
    tcp.window = segment->window;
    tcp.acked = segment->acknowledges;
    if (tcp.state == OPENING && news == 1) {
        tcp.state = OPEN;
        over |= tcp.port == PORT_END;
    } else if (tcp.state == CLOSING && news == 1) {
        tcp.state = FREE;
    } else if (tcp.state == OPEN) {
        tcp.held -= news;
        echoed += news;
        memmove(tcp.buffer, tcp.buffer + news, tcp.held);
    }
}

static void take_data(const struct segment *segment)
{
    uint32_t known = tcp.received - segment->sequence; /* of its bytes: these have come before */
    bool ends = segment->flags & FIN;
    if (!segment->size && !ends)
        return;
    if (tcp.state == OPEN && known <= segment->size && !tcp.peer_ended) {
        uint32_t size = segment->size - known, room = BUFFER_BYTES - tcp.held;
        uint32_t kept = size < room ? size : room;
        memcpy(tcp.buffer + tcp.held, segment->data + known, kept);
        tcp.held += kept;
        tcp.received += kept;
        if (ends && kept == size) {
            tcp.received++;
            tcp.peer_ended = true;
        }
    }
    send(tcp.sent, ACK, 0);
}

static void take_segment(const struct segment *segment)
{
    bool ours = tcp.state != FREE && segment->from == tcp.peer && segment->from_port == tcp.peer_port &&
                segment->to_port == tcp.port;
    bool known = segment->to_port == PORT_ECHO || segment->to_port == PORT_END;
    if (ours && segment->flags & RST)
        tcp.state = FREE;
    else if (known && segment->flags & SYN && (!ours || tcp.state != OPENING))
        begin(segment);
    else if (ours && segment->flags & SYN)
        send(tcp.acked, SYN | ACK, 0);
    else if (ours) {
        take_acknowledgement(segment);
        if (tcp.state == OPEN)
            take_data(segment);
        push();
    }
}

static void take_datagram(const struct udp_packet *udp)
{
    over |= udp->to_port == PORT_END;
    if (udp->to_port != PORT_ECHO)
        return;
    datagrams++;
    udp_send(&ip, udp->from, udp->from_port, PORT_ECHO, udp->data, udp->size);
}

int main(void)
{
    struct ip_packet packet;
    struct segment segment;
    struct udp_packet udp;
    if (!ip_open(&ip, IP_ADDRESS(10, 0, 2, 15))) {
        printf("echo: no network device\n");
        return STATUS_NO_NETWORK;
    }
    printf("echo: 10.0.2.15 listens\n");
    while (!over) {
        if (!ip_wait(&ip, &packet, AGAIN_US))
            again();
        else if (udp_parse(&ip, &packet, &udp))
            take_datagram(&udp);
        else if (parse(&packet, &segment))
            take_segment(&segment);
    }
    printf("echo: over\n");
    return 0;
}
