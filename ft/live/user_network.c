/* user_network.c - see ft/network_user.h: what a forward is called. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ft/live/user_network.h"

/* [ADDR]:PORT, the SIZE first characters of TEXT. */
static bool parse_place(const char *text, size_t size, uint32_t *address, uint16_t *port)
{
    char place[32], *colon;
    struct in_addr at = {0};
    if (size >= sizeof place)
        return false;
    memcpy(place, text, size);
    place[size] = '\0';
    colon = strchr(place, ':');
    if (!colon)
        return false;
    *colon++ = '\0';
    unsigned long number = 0;
    size_t digits = strspn(colon, "0123456789");
    for (size_t i = 0; i < digits && i < 6; i++)
        number = number * 10 + (unsigned long)(colon[i] - '0');
    if (!digits || digits > 5 || colon[digits] || !number || number > UINT16_MAX ||
        (*place && inet_pton(AF_INET, place, &at) != 1))
        return false;
    *address = ntohl(at.s_addr);
    *port = (uint16_t)number;
    return true;
}

bool network_user_forward(const char *text, struct network_forward *forward)
{
    static const char kind[] = "tcp:";
    struct network_forward none = {0};
    struct network_forward *to = forward ? forward : &none;
    const char *dash = strchr(text, '-');
    if (strncmp(text, kind, strlen(kind)) != 0 || !dash)
        return false;
    text += strlen(kind);
    return dash > text && parse_place(text, (size_t)(dash - text), &to->host_address, &to->host_port) &&
           parse_place(dash + 1, strlen(dash + 1), &to->guest_address, &to->guest_port);
}
