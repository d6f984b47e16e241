/* caller.c - a client of `echo`: sends datagrams to 10.0.2.15, each until it has come back, and looks at what did.
 *
 * Shows: what a program on a network does about a network: it asks again, and throws away what comes twice. So it says
 * the same whatever happens to the computer that answers. It is 10.0.2.100. Status 0; 1: an answer was wrong; 3: no
 * network device; 5: no answer any more.
 */
#include <understudy.h>
#include <ip.h>

enum {
    DATAGRAMS = 150,
    PORT_ECHO = 7,
    PORT_END = 9,
    PORT_OWN = 1024,
    WAIT_US = 20000,
    TRIES_MAX = 200,
    STATUS_WRONG = 1,
    STATUS_NO_NETWORK = 3,
    STATUS_NO_ANSWER = 5,
};

#define SERVER IP_ADDRESS(10, 0, 2, 15)

static struct ip ip;
static uint8_t data[UDP_DATA_MAX];

static uint32_t fill(uint32_t number)
{
    uint32_t size = 8 + number * 9 % (UDP_DATA_MAX - 8);
    net32_store(data, number);
    for (uint32_t i = 4; i < size; i++)
        data[i] = (uint8_t)(number * 31 + i * 7);
    return size;
}

/* Has an answer to datagram NUMBER, of SIZE bytes, come within the time? *WRONG: it is another one. */
static bool answered(uint32_t number, uint32_t size, bool *wrong)
{
    struct ip_packet packet;
    struct udp_packet udp;
    while (ip_wait(&ip, &packet, WAIT_US)) {
        if (!udp_parse(&ip, &packet, &udp) || udp.from_port != PORT_ECHO || udp.size < 4 || net32(udp.data) != number)
            continue; /* one that came before comes again */
        *wrong = udp.size != size || memcmp(udp.data, data, size) != 0;
        return true;
    }
    return false;
}

int main(void)
{
    bool wrong = false;
    if (!ip_open(&ip, IP_ADDRESS(10, 0, 2, 100))) {
        printf("caller: no network device\n");
        return STATUS_NO_NETWORK;
    }
    for (uint32_t number = 0; number < DATAGRAMS; number++) {
        uint32_t size = fill(number), tries = 0;
        do {
            if (tries++ == TRIES_MAX) {
                printf("caller: no answer to datagram %u\n", number);
                return STATUS_NO_ANSWER;
            }
            udp_send(&ip, SERVER, PORT_ECHO, PORT_OWN, data, size);
        } while (!answered(number, size, &wrong));
        if (wrong) {
            printf("caller: a wrong answer to datagram %u\n", number);
            return STATUS_WRONG;
        }
        if ((number + 1) % 50 == 0)
            printf("caller: %u answers\n", number + 1);
    }
    for (unsigned i = 0; i < 3; i++) /* one of them may be lost */
        udp_send(&ip, SERVER, PORT_END, PORT_OWN, data, 4);
    printf("caller: all answers were right\n");
    return 0;
}
