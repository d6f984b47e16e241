/* ip.h - as much of the Internet's protocols as a small guest needs, over net.h: ARP (RFC 826), IPv4 without options
 * and fragments (RFC 791), answers to ping (RFC 792), UDP (RFC 768). One network, whose other stations are found by ARP
 * or learned from what they send.
 */
#ifndef UNDERSTUDY_IP_H
#define UNDERSTUDY_IP_H

#include <net.h>

#define IP_ADDRESS(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum { IP_ICMP = 1, IP_TCP = 6, IP_UDP = 17, IP_STATIONS = 8, IP_DATA_MAX = 1480, UDP_DATA_MAX = IP_DATA_MAX - 8 };

struct ip {
    struct net net;
    uint32_t address;
    struct {
        uint32_t address; /* 0: free */
        uint8_t mac[NET_MAC_BYTES];
    } station[IP_STATIONS];
    unsigned next_station;
    uint16_t identification;
    uint8_t frame[NET_FRAME_MAX], out[NET_FRAME_MAX];
};

/* What a packet carries. `data` is in the struct ip until the next packet is asked for. */
struct ip_packet {
    uint32_t from;
    uint8_t protocol; /* IP_TCP, IP_UDP */
    const uint8_t *data;
    uint32_t size;
};

struct udp_packet {
    uint32_t from;
    uint16_t from_port, to_port;
    const uint8_t *data;
    uint32_t size;
};

/* The network device is ours, with ADDRESS. False: there is none. */
bool ip_open(struct ip *ip, uint32_t address);
/* The next packet for us, waiting at most TIMEOUT_US; requests of ARP and pings are answered meanwhile. */
bool ip_wait(struct ip *ip, struct ip_packet *packet, uint32_t timeout_us);
/* Send a packet. False: it is not known where TO is; that is asked, so try again when something has come. */
bool ip_send(struct ip *ip, uint32_t to, uint8_t protocol, const uint8_t *data, uint32_t size);
/* The sum of RFC 1071 over SIZE bytes, beginning with SUM; and as it stands in a header. */
uint32_t ip_sum(uint32_t sum, const uint8_t *data, uint32_t size);
uint16_t ip_checksum(uint32_t sum);
/* The same over the pseudo header of TCP and UDP. */
uint32_t ip_pseudo_sum(const struct ip *ip, uint32_t other, uint8_t protocol, uint32_t size);

/* Is PACKET one of UDP, and whole? */
bool udp_parse(const struct ip *ip, const struct ip_packet *packet, struct udp_packet *udp);
bool udp_send(struct ip *ip, uint32_t to, uint16_t to_port, uint16_t from_port, const uint8_t *data, uint32_t size);

static inline uint16_t net16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t net32(const uint8_t *at)
{
    return (uint32_t)net16(at) << 16 | net16(at + 2);
}

static inline void net16_store(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void net32_store(uint8_t *at, uint32_t value)
{
    net16_store(at, value >> 16);
    net16_store(at + 2, value);
}

#endif
