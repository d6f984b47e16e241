/* garbage.c - what no gdb would send: to `understudy run --gdb 0`, over its socket.
 *
 * Nothing of it changes the guest or ends the program; each is refused as the protocol says; stderr stays short. GUEST
 * does not end by itself.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 16 };

struct client {
    pid_t pid;
    FILE *err; /* of the program */
    unsigned port, failed;
    int fd;
    char packet[ROOM]; /* the last answer, without $ and checksum */
    uint64_t random;
};

static void fail(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct client *client, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAILED ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    client->failed++;
}

/* The program, started; its first line on stderr says the port. */
static void start(struct client *client, char *program, char *guest)
{
    int pipes[2];
    char line[256];
    int made = pipe(pipes);
    assert(made == 0);
    client->pid = fork();
    assert(client->pid >= 0);
    if (client->pid == 0) {
        dup2(pipes[1], 2);
        close(pipes[0]);
        close(pipes[1]);
        execl(program, program, "run", "--gdb", "0", "--mode", "pair", guest, (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    client->err = fdopen(pipes[0], "r");
    assert(client->err);
    const char *at = fgets(line, sizeof line, client->err) ? strstr(line, "localhost:") : NULL;
    if (!at) {
        printf("the program has not said its port\n");
        exit(1);
    }
    client->port = (unsigned)strtoul(at + strlen("localhost:"), NULL, 10);
}

static void hello(struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)client->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address)) {
        printf("no connection to port %u\n", client->port);
        exit(1);
    }
    int on = 1; /* each piece goes at once */
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void say(struct client *client, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t sent = send(client->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        size -= (size_t)sent;
    }
}

/* BODY as a packet, its checksum WRONG by so much. */
static void say_packet(struct client *client, const void *body, size_t size, unsigned wrong)
{
    uint8_t sum = (uint8_t)wrong;
    char tail[8];
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)body)[i]);
    snprintf(tail, sizeof tail, "#%02x", sum);
    say(client, "$", 1);
    say(client, body, size);
    say(client, tail, 3);
}

/* One byte, or -1. Nothing for a minute: the program has stopped answering. */
static int hear_byte(struct client *client)
{
    struct timeval patience = {.tv_sec = 60};
    unsigned char byte;
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return recv(client->fd, &byte, 1, 0) == 1 ? byte : -1;
}

/* The next thing that is not '+': '-', or '$' with client->packet, or -1. */
static int hear(struct client *client)
{
    int byte;
    while ((byte = hear_byte(client)) == '+')
        ;
    if (byte != '$')
        return byte;
    size_t size = 0;
    while ((byte = hear_byte(client)) >= 0 && byte != '#' && size < ROOM - 1)
        client->packet[size++] = (char)byte;
    client->packet[size] = '\0';
    hear_byte(client);
    hear_byte(client);
    return '$';
}

/* Send TEXT as a packet; the answer must begin with WANTED ("" and nothing else: an empty answer). */
static void ask(struct client *client, const char *text, const char *wanted)
{
    say_packet(client, text, strlen(text), 0);
    int what = hear(client);
    if (what != '$')
        fail(client, "'%.40s': no answer (%d)", text, what);
    else if (*wanted ? strncmp(client->packet, wanted, strlen(wanted)) != 0 : client->packet[0])
        fail(client, "'%.40s': the answer is '%.40s', not '%s'", text, client->packet, wanted);
}

static void ask_refusal(struct client *client, const char *what)
{
    if (hear(client) != '-')
        fail(client, "%s was not refused", what);
}

static const char *const malformed[] = {
    "m",
    "mzz",
    "m1",
    "m1,",
    "m1,zz",
    "m,4",
    "m100000000000,4",
    "m0,4x",
    "M0,4:00",
    "M0,2:zz",
    "M0,1:00ff",
    "M0,fffffff:00",
    "X0,4:ab",
    "X0,4",
    "G",
    "G00",
    "Gzz",
    "p",
    "pzz",
    "p80",
    "pffffffff",
    "P0",
    "P0=",
    "P0=zz",
    "P80=00000000",
    "P0=000000000",
    "H",
    "Hx1",
    "Hg",
    "Hgzz",
    "Hgp1.1.1",
    "T",
    "Tzz",
    "vCont;",
    "vCont;x",
    "vCont;s:",
    "vCont;c:pz",
    "vCont;r1",
    "vCont;r1,",
    "vCont;C",
    "vCont;c;",
    "vCont;cc",
    "D;zz",
    "vKill;",
    "vKill;zz",
    "vAttach;",
    "Z0",
    "Z0,",
    "Z0,zz,4",
    "Z0,0,4,0",
    "Z2,0,0",
    "Z2,fffffff0,ffffffff",
    "z0,zz,4",
    "qRcmd,z",
    "qRcmd,zz",
    "qRcmd,00",
    "qXfer:features:read:target.xml:zz",
    "qXfer:features:read:target.xml:fffff,1",
    "qXfer:features:read:other.xml:0,10",
    "qXfer:exec-file:read:zz",
    "qThreadExtraInfo,zz",
};
static const char *const absent[] = {
    "Hgp9.1",       "Hgp1.9", "Tp3.1", "T99", "vKill;0", "vKill;3", "vAttach;ff", "D;7", "qThreadExtraInfo,p9.9",
    "vCont;c:p7.1",
};
static const char *const unknown[] = {
    "",  "vMustReplyEmpty", "qNothing", "!x",  "?x",     "c1000",    "s1000", "kk", "F0",
    "_", "vCont",           "vRun;x",   "R00", "Z9,0,4", "\x01\x02",
};

enum { COUNT_MALFORMED = sizeof malformed / sizeof *malformed, COUNT_ABSENT = sizeof absent / sizeof *absent };
enum { COUNT_UNKNOWN = sizeof unknown / sizeof *unknown };

static void bad_packets(struct client *client)
{
    ask(client, "?", "T05");
    for (unsigned i = 0; i < COUNT_MALFORMED; i++)
        ask(client, malformed[i], "E16");
    for (unsigned i = 0; i < COUNT_ABSENT; i++)
        ask(client, absent[i], "E03");
    for (unsigned i = 0; i < COUNT_UNKNOWN; i++)
        ask(client, unknown[i], "");
    ask(client, "m70000000,4", "E0e");
    ask(client, "Mf0000000,1:00", "E0e");
    ask(client, "mfff80000,4", "E0e"); /* a device */
}

static void bad_bytes(struct client *client)
{
    static char flood[40000];
    memset(flood, 'a', sizeof flood);
    say_packet(client, "?", 1, 1);
    ask_refusal(client, "a bad checksum");
    say(client, "$?#zz", 5);
    ask_refusal(client, "a checksum that is no number");
    say_packet(client, flood, sizeof flood, 0);
    ask_refusal(client, "a packet that is too long");
    say_packet(client, flood, 0x4001, 0);
    ask_refusal(client, "a packet that is one byte too long");
    say_packet(client, flood, 0x4000, 0);
    if (hear(client) != '$' || client->packet[0])
        fail(client, "the longest packet is not taken");
    say(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35);
    say(client, "\3\3\3", 3);  /* it stands still already */
    say(client, "$m0,4$?", 7); /* begun again */
    ask(client, "?", "T05");
}

static uint64_t draw(struct client *client, uint64_t below)
{
    client->random ^= client->random << 13;
    client->random ^= client->random >> 7;
    client->random ^= client->random << 17;
    return client->random % below;
}

/* Packets of random text behind letters that only look: each has some answer. */
static void random_packets(struct client *client)
{
    static const char first[] = "gpmHTq?!", rest[] = "0123456789abcdef,;:.p-=zXr";
    for (unsigned i = 0; i < 2000; i++) {
        char body[64];
        size_t size = draw(client, sizeof body - 1);
        for (size_t k = 0; k < size; k++)
            body[k] = k ? rest[draw(client, sizeof rest - 1)] : first[draw(client, sizeof first - 1)];
        say_packet(client, body, size, 0);
        if (hear(client) != '$')
            fail(client, "'%.*s' has no answer", (int)size, body);
    }
    for (unsigned i = 0; i < 200; i++) { /* and any bytes, which may end in a packet of nobody knows what */
        unsigned char bytes[64];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (unsigned char)(draw(client, 4) ? draw(client, 256) : (uint64_t) "$#}+-"[draw(client, 5)]);
        say(client, bytes, sizeof bytes);
    }
}

/* What gdb can see of both computers, as one text. */
static void state_of(struct client *client, char *text, size_t size)
{
    static const char *const questions[] = {"Hgp1.1", "g", "m10800,800", "Hgp2.1", "g", "m10800,800"};
    size_t used = 0;
    for (unsigned i = 0; i < sizeof questions / sizeof *questions; i++) {
        say_packet(client, questions[i], strlen(questions[i]), 0);
        if (hear(client) == '$')
            used += (size_t)snprintf(text + used, size - used, "%s\n", client->packet);
    }
}

static void again(struct client *client)
{
    close(client->fd);
    hello(client);
    ask(client, "qSupported:multiprocess+", "PacketSize=4000;");
}

/* A client without the multiprocess extension: one computer, its processors by number. */
static void plain(struct client *client)
{
    close(client->fd);
    hello(client);
    ask(client, "qSupported:qRelocInsn+", "PacketSize=4000;");
    ask(client, "?", "T05thread:1;");
    ask(client, "qfThreadInfo", "m1");
    ask(client, "qC", "QC1");
    ask(client, "Hg1", "OK");
    ask(client, "Hg2", "E03");
    ask(client, "Hc-1", "OK");
    ask(client, "s", "T05thread:1;");
    ask(client, "vCont;s:1;c", "T05thread:1;");
    ask(client, "bs", "T05thread:1;");
    ask(client, "bc", "T05replaylog:begin;thread:1;");
    ask(client, "P1=12345678", "OK");
    ask(client, "p1", "12345678");
    ask(client, "M20000,4:a1b2c3d4", "OK");
    ask(client, "m20000,4", "a1b2c3d4");
    ask(client, "X20002,2:zz", "OK");
    ask(client, "m20000,4", "a1b27a7a");
}

/* BODY as a packet, and TAIL behind it, in one write. The answer, without output for the person, must begin with
 * WANTED. */
static void ask_at_once(struct client *client, const char *body, const char *tail, const char *wanted)
{
    char text[256];
    uint8_t sum = 0;
    for (const char *at = body; *at; at++)
        sum = (uint8_t)(sum + (uint8_t)*at);
    int length = snprintf(text, sizeof text, "$%s#%02x%s", body, sum, tail);
    say(client, text, (size_t)length);
    int what;
    while ((what = hear(client)) == '$' && client->packet[0] == 'O' && client->packet[1] != 'K')
        ;
    if (what != '$' || strncmp(client->packet, wanted, strlen(wanted)) != 0)
        fail(client, "'%s' with %zu bytes behind it: the answer is '%.40s', not '%s'", body, strlen(tail),
             client->packet, wanted);
}

/* A break that comes with what it is to end; and what is none. */
static void breaks(struct client *client)
{
    ask_at_once(client, "c", "\3", "T02");
    ask_at_once(client, "vCont;s:p1.-1", "+", "T05thread");
    /* `step 4000000000`, without end but for the break */
    ask_at_once(client, "qRcmd,737465702034303030303030303030", "\3", "OK");
    ask_at_once(client, "bc", "\3", "T02");
    ask_at_once(client, "bc", "+", "T05replaylog:begin");
    ask_at_once(client, "vCont;s:p1.-1", "", "T05thread");
}

/* Connections that end in the middle of something. */
static void vanish(struct client *client)
{
    say(client, "$m0,", 4);
    again(client);
    say(client, "$vCont;c#a8", 11);
    again(client); /* the guest has stopped where it was then */
    say(client, "$vCont;c#a8", 11);
    say_packet(client, "g", 1, 0); /* while it runs: not taken */
    say(client, "junk", 4);
    say(client, "\3", 1);
    if (hear(client) != '$' || strncmp(client->packet, "T02", 3) != 0)
        fail(client, "Ctrl-C has not stopped the guest");
    ask(client, "?", "T05");
    say_packet(client, "bc", 2, 0); /* to the start, or to where Ctrl-C comes */
    say(client, "\3", 1);
    if (hear(client) != '$' || (strncmp(client->packet, "T02", 3) && strncmp(client->packet, "T05replaylog:begin", 18)))
        fail(client, "going back has ended with '%.40s'", client->packet);
    ask(client, "?", "T05");
}

/* The program's end by k; and all that it has said on stderr was said by the server, in few lines. */
static void end(struct client *client)
{
    char line[1024];
    unsigned lines = 0;
    int state;
    say_packet(client, "k", 1, 0);
    while (fgets(line, sizeof line, client->err)) {
        lines++;
        if (strncmp(line, "understudy: gdb: ", 17) != 0 && strncmp(line, "understudy: stopped after", 25) != 0)
            fail(client, "on stderr: %s", line);
    }
    waitpid(client->pid, &state, 0);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 130)
        fail(client, "killed, the program ended with %d, signal %d; not with 130", WEXITSTATUS(state), WTERMSIG(state));
    if (lines < 8 || lines > 40)
        fail(client, "%u lines on stderr", lines);
}

int main(int argc, char **argv)
{
    static struct client client;
    static char before[ROOM], after[ROOM];
    if (argc < 3) {
        printf("garbage UNDERSTUDY GUEST [--seed N]\n");
        return 2;
    }
    client.random = argc > 4 ? strtoull(argv[4], NULL, 0) : 20261120;
    printf("seed %llu\n", (unsigned long long)client.random);
    client.random = client.random * 2 + 1; /* not 0 */
    start(&client, argv[1], argv[2]);
    hello(&client);
    ask(&client, "qSupported:multiprocess+", "PacketSize=4000;");
    state_of(&client, before, sizeof before);
    bad_packets(&client);
    again(&client);
    bad_bytes(&client);
    again(&client);
    random_packets(&client);
    again(&client);
    state_of(&client, after, sizeof after);
    if (strlen(before) < 4000 || strcmp(before, after) != 0)
        fail(&client, "the guest's state has changed");
    plain(&client);
    vanish(&client);
    breaks(&client);
    end(&client);
    printf("%u malformed, %u absent, %u unknown packets, 2000 random ones: %u failed\n", COUNT_MALFORMED, COUNT_ABSENT,
           COUNT_UNKNOWN, client.failed);
    return client.failed != 0;
}
