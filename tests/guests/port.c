/* port.c - the channel port (hardware manual section 10), by a program that runs at both ends.
 *
 * First the FIFO is filled: the first computer sends more words than it holds, waiting for room, while the second takes
 * none for a while; none may be lost, and none come in another order. Then the first computer sends numbers, the second
 * sends each back plus one, and both check what they get. Every hundredth answer the first says so on the terminal, and
 * both count the bytes. If the other computer is reported failed, the one that is left takes the arbiter and goes on
 * alone: it ends the count by itself, and the terminal shows every line once. Status 0; 1 if a register or a word is
 * not what it must be.
 *
 * Alone, there is nobody at the other end: docs/board.md.
 */
#include <understudy.h>

enum { BURST = 5000, NUMBERS = 1000, LINE = 100, STATUS_WRONG = 1 };

static uint32_t done;  /* numbers that went there and back */
static uint32_t shown; /* bytes that the terminal has, as this computer counts */
static bool alone, interrupted;

static uint32_t port(uint32_t offset)
{
    return load32(CHANNEL_BASE + offset);
}

static void port_store(uint32_t offset, uint32_t value)
{
    store32(CHANNEL_BASE + offset, value);
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    printf("port: WRONG: %s\n", what);
    power_off(STATUS_WRONG);
}

static void channel_interrupt(unsigned interrupt)
{
    (void)interrupt;
    interrupted = true;
}

/* The other computer has failed: be the only one. */
static void take_over(void)
{
    port_store(CHANNEL_ARBITER, 1);
    must(port(CHANNEL_ARBITER) == 1, "the arbiter's answer");
    must(port(CHANNEL_RECEIVED) == 0 && port(CHANNEL_TAKE) == 0, "an empty FIFO");
    port_store(CHANNEL_SHOWN, shown);
    alone = true;
}

/* The next word, or false if the other computer has failed. */
static bool receive(uint32_t *word)
{
    while (!port(CHANNEL_RECEIVED)) {
        if (port(CHANNEL_FAILED)) {
            take_over();
            return false;
        }
        interrupts_off();
        if (!interrupted)
            idle();
        interrupted = false;
        interrupts_on();
    }
    *word = port(CHANNEL_TAKE);
    return true;
}

static void send(uint32_t word)
{
    while (!port(CHANNEL_ROOM))
        ; /* no interrupt tells */
    port_store(CHANNEL_SEND, word);
}

/* DONE numbers are done: a line on the terminal, from the computer that serves; the other only counts. */
static void report(bool live)
{
    char line[64];
    int bytes = snprintf(line, sizeof line, "port: %u of %u\n", done, NUMBERS);
    for (int i = 0; live && i < bytes; i++)
        console_put(line[i]);
    shown += (uint32_t)bytes;
}

static void fill(void)
{
    uint32_t filled = 0;
    for (uint32_t i = 0; i < BURST && !alone; i++) {
        uint32_t room = port(CHANNEL_ROOM);
        filled += room == 0;
        send(i * i);
    }
    must(filled > 0 || port(CHANNEL_FAILED), "a full FIFO");
}

static void empty(void)
{
    uint32_t word = 0;
    while (!port(CHANNEL_RECEIVED) && !port(CHANNEL_FAILED))
        idle();
    uint32_t most = 0;
    for (uint32_t i = 0; i < 40000; i++) /* by then the first cannot send any more */
        most = port(CHANNEL_RECEIVED);
    must(most <= BURST, "the words received");
    for (uint32_t i = 0; i < BURST && receive(&word); i++)
        must(word == i * i, "a word of the burst");
}

static void first(void)
{
    uint32_t word;
    fill();
    while (done < NUMBERS) {
        if (!alone) {
            send(done);
            if (receive(&word))
                must(word == done + 1, "the answer");
        }
        if (++done % LINE == 0)
            report(true);
    }
    send(UINT32_MAX);
}

static void second(void)
{
    uint32_t word = 0;
    empty();
    while (!alone && receive(&word) && word != UINT32_MAX) {
        must(word == done, "the number");
        if (done && done % LINE == 0)
            report(false); /* now it is known that the first has said so */
        send(word + 1);
        done++;
    }
    if (!alone)
        return;
    /* What the first had said after the last number that came here is not known: say it again, the terminal counts. */
    for (; done <= NUMBERS; done++) {
        if (done && done % LINE == 0)
            report(true);
    }
}

int main(void)
{
    must(port(CHANNEL_IDENTITY) == 0x55534331, "the identity");
    must(port(CHANNEL_ARBITER) == 0, "the arbiter before anybody asked");
    must(port(CHANNEL_SEND) == 0, "a load of +8");
    uint32_t room = port(CHANNEL_ROOM);
    must(room >= 2, "room at the start");
    interrupt_connect(INTERRUPT_CHANNEL, channel_interrupt);
    interrupts_on();
    if (port(CHANNEL_END) == 0)
        first();
    else
        second();
    return 0;
}
