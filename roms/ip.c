/* ip.c - see ip.h. */
#include <understudy.h>
#include <ip.h>

enum {
    TYPE_IP = 0x0800,
    TYPE_ARP = 0x0806,
    AT_TYPE = 12,
    AT_DATA = 14,
    ARP_BYTES = 28,
    ARP_REQUEST = 1,
    ARP_REPLY = 2,
    IP_HEADER_BYTES = 20,
    UDP_HEADER_BYTES = 8,
    ICMP_ECHO_REPLY = 0,
    ICMP_ECHO = 8,
    TIME_TO_LIVE = 64,
};

static const uint8_t everybody[NET_MAC_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

uint32_t ip_sum(uint32_t sum, const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i + 1 < size; i += 2)
        sum += net16(data + i);
    return size & 1 ? sum + ((uint32_t)data[size - 1] << 8) : sum;
}

uint16_t ip_checksum(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

uint32_t ip_pseudo_sum(const struct ip *ip, uint32_t other, uint8_t protocol, uint32_t size)
{
    return (ip->address >> 16) + (ip->address & 0xFFFF) + (other >> 16) + (other & 0xFFFF) + protocol + size;
}

/* ---- stations ---- */

static const uint8_t *mac_of(const struct ip *ip, uint32_t address)
{
    for (unsigned i = 0; i < IP_STATIONS; i++)
        if (ip->station[i].address == address)
            return ip->station[i].mac;
    return NULL;
}

static void learn(struct ip *ip, uint32_t address, const uint8_t *mac)
{
    unsigned i = 0;
    while (i < IP_STATIONS && ip->station[i].address != address)
        i++;
    if (i == IP_STATIONS)
        i = ip->next_station++ % IP_STATIONS;
    ip->station[i].address = address;
    memcpy(ip->station[i].mac, mac, NET_MAC_BYTES);
}

static void begin_frame(struct ip *ip, const uint8_t *to, uint16_t type)
{
    memcpy(ip->out, to, NET_MAC_BYTES);
    memcpy(ip->out + NET_MAC_BYTES, ip->net.mac, NET_MAC_BYTES);
    net16_store(ip->out + AT_TYPE, type);
}

static void send_arp(struct ip *ip, unsigned operation, const uint8_t *mac, uint32_t address)
{
    static const uint8_t nobody[NET_MAC_BYTES];
    uint8_t *arp = ip->out + AT_DATA;
    begin_frame(ip, mac ? mac : everybody, TYPE_ARP);
    net16_store(arp, 1);
    net16_store(arp + 2, TYPE_IP);
    arp[4] = NET_MAC_BYTES;
    arp[5] = 4;
    net16_store(arp + 6, operation);
    memcpy(arp + 8, ip->net.mac, NET_MAC_BYTES);
    net32_store(arp + 14, ip->address);
    memcpy(arp + 18, mac ? mac : nobody, NET_MAC_BYTES);
    net32_store(arp + 24, address);
    net_send(&ip->net, ip->out, AT_DATA + ARP_BYTES);
}

static void take_arp(struct ip *ip, const uint8_t *arp, uint32_t size)
{
    if (size < ARP_BYTES || net16(arp) != 1 || net16(arp + 2) != TYPE_IP || arp[4] != NET_MAC_BYTES || arp[5] != 4)
        return;
    learn(ip, net32(arp + 14), arp + 8);
    if (net16(arp + 6) == ARP_REQUEST && net32(arp + 24) == ip->address)
        send_arp(ip, ARP_REPLY, arp + 8, net32(arp + 14));
}

/* ---- packets ---- */

bool ip_open(struct ip *ip, uint32_t address)
{
    memset(ip, 0, sizeof *ip);
    ip->address = address;
    return net_open(&ip->net);
}

bool ip_send(struct ip *ip, uint32_t to, uint8_t protocol, const uint8_t *data, uint32_t size)
{
    const uint8_t *mac = mac_of(ip, to);
    uint8_t *header = ip->out + AT_DATA;
    if (!mac) {
        send_arp(ip, ARP_REQUEST, NULL, to);
        return false;
    }
    if (size > IP_DATA_MAX)
        return false;
    begin_frame(ip, mac, TYPE_IP);
    memset(header, 0, IP_HEADER_BYTES);
    header[0] = 0x45;
    net16_store(header + 2, IP_HEADER_BYTES + size);
    net16_store(header + 4, ip->identification++);
    header[8] = TIME_TO_LIVE;
    header[9] = protocol;
    net32_store(header + 12, ip->address);
    net32_store(header + 16, to);
    net16_store(header + 10, ip_checksum(ip_sum(0, header, IP_HEADER_BYTES)));
    memcpy(header + IP_HEADER_BYTES, data, size);
    net_send(&ip->net, ip->out, AT_DATA + IP_HEADER_BYTES + size);
    return true;
}

static void answer_ping(struct ip *ip, const struct ip_packet *packet)
{
    static uint8_t answer[IP_DATA_MAX];
    if (packet->size < 8 || packet->data[0] != ICMP_ECHO || ip_checksum(ip_sum(0, packet->data, packet->size)))
        return;
    memcpy(answer, packet->data, packet->size);
    answer[0] = ICMP_ECHO_REPLY;
    net16_store(answer + 2, 0);
    net16_store(answer + 2, ip_checksum(ip_sum(0, answer, packet->size)));
    ip_send(ip, packet->from, IP_ICMP, answer, packet->size);
}

/* Is what lies at HEADER a packet for us? */
static bool take_packet(struct ip *ip, const uint8_t *header, uint32_t size, struct ip_packet *packet)
{
    uint32_t length = size >= IP_HEADER_BYTES ? net16(header + 2) : 0;
    if (length < IP_HEADER_BYTES || length > size || header[0] != 0x45 || net16(header + 6) & 0x3FFF ||
        net32(header + 16) != ip->address || ip_checksum(ip_sum(0, header, IP_HEADER_BYTES)))
        return false;
    *packet = (struct ip_packet){.from = net32(header + 12),
                                 .protocol = header[9],
                                 .data = header + IP_HEADER_BYTES,
                                 .size = length - IP_HEADER_BYTES};
    learn(ip, packet->from, ip->frame + NET_MAC_BYTES);
    if (packet->protocol != IP_ICMP)
        return true;
    answer_ping(ip, packet);
    return false;
}

bool ip_wait(struct ip *ip, struct ip_packet *packet, uint32_t timeout_us)
{
    for (uint32_t size; (size = net_wait(&ip->net, ip->frame, timeout_us)) != 0;) {
        uint16_t type = net16(ip->frame + AT_TYPE);
        if (type == TYPE_ARP)
            take_arp(ip, ip->frame + AT_DATA, size - AT_DATA);
        else if (type == TYPE_IP && take_packet(ip, ip->frame + AT_DATA, size - AT_DATA, packet))
            return true;
    }
    return false;
}

/* ---- UDP ---- */

bool udp_parse(const struct ip *ip, const struct ip_packet *packet, struct udp_packet *udp)
{
    const uint8_t *header = packet->data;
    uint32_t length = packet->size >= UDP_HEADER_BYTES ? net16(header + 4) : 0;
    if (packet->protocol != IP_UDP || length < UDP_HEADER_BYTES || length > packet->size)
        return false;
    if (net16(header + 6) && ip_checksum(ip_sum(ip_pseudo_sum(ip, packet->from, IP_UDP, length), header, length)))
        return false;
    *udp = (struct udp_packet){.from = packet->from,
                               .from_port = net16(header),
                               .to_port = net16(header + 2),
                               .data = header + UDP_HEADER_BYTES,
                               .size = length - UDP_HEADER_BYTES};
    return true;
}

bool udp_send(struct ip *ip, uint32_t to, uint16_t to_port, uint16_t from_port, const uint8_t *data, uint32_t size)
{
    static uint8_t out[IP_DATA_MAX];
    uint32_t length = UDP_HEADER_BYTES + size;
    if (size > UDP_DATA_MAX)
        return false;
    net16_store(out, from_port);
    net16_store(out + 2, to_port);
    net16_store(out + 4, length);
    net16_store(out + 6, 0);
    memcpy(out + UDP_HEADER_BYTES, data, size);
    uint16_t sum = ip_checksum(ip_sum(ip_pseudo_sum(ip, to, IP_UDP, length), out, length));
    net16_store(out + 6, sum ? sum : 0xFFFF);
    return ip_send(ip, to, IP_UDP, out, length);
}
