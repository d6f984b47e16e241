/* increment.c - says the next number: whoever watches the terminal sees at once if one is missing or came twice.
 *
 * Shows: a conversation with the world. Every line typed that holds a number is answered with that number plus one;
 * an empty line, Ctrl-D or a second of silence ends the program. If nothing is typed in the first tenth of a second,
 * it counts by itself from 1 to 200. If there is a disk, every number is stored in block 0 before it is printed, so
 * the disk is never behind the terminal; at the end it is read back.
 * Status 0; 1 if the disk does not hold the last number printed; 4 on a disk error. Needs no disk and no input.
 */
#include <understudy.h>

enum {
    COUNT_TO = 200,
    LINE_BYTES = 80,
    STATUS_WRONG = 1,
    STATUS_DISK_ERROR = 4,
    CTRL_D = 4,
};

#define COUNTER_MAGIC UINT32_C(0x434E5452) /* "CNTR" */

static struct {
    uint32_t magic, number, answers;
    uint32_t filler[125];
} counter;

static bool have_disk;

static void must(enum disk_result result)
{
    if (result == DISK_OK)
        return;
    printf("increment: disk error %d\n", result);
    power_off(STATUS_DISK_ERROR);
}

/* First the disk, then the terminal. */
static void say(uint32_t number)
{
    counter.magic = COUNTER_MAGIC;
    counter.number = number;
    counter.answers++;
    if (have_disk)
        must(disk_write(0, 1, &counter));
    printf("%u\n", number);
}

/* Read a line into TEXT, FIRST being its first byte. False at the end of the conversation. */
static bool read_line(char text[LINE_BYTES], int first, uint32_t patience_ticks)
{
    int length = 0;
    for (int byte = first; byte != '\n' && byte != '\r'; byte = console_get_wait(patience_ticks)) {
        if (byte < 0 || byte == CTRL_D)
            break;
        if (length < LINE_BYTES - 1)
            text[length++] = (char)byte;
    }
    text[length] = '\0';
    return length > 0;
}

/* The number in TEXT; false if there is none. */
static bool parse_number(const char *text, uint32_t *number)
{
    while (*text == ' ')
        text++;
    if (*text < '0' || *text > '9')
        return false;
    for (*number = 0; *text >= '0' && *text <= '9'; text++)
        *number = *number * 10 + (uint32_t)(*text - '0');
    return true;
}

static void converse(int first, uint32_t patience_ticks)
{
    char line[LINE_BYTES];
    uint32_t number;
    while (read_line(line, first, patience_ticks)) {
        if (parse_number(line, &number))
            say(number + 1);
        else
            printf("?\n");
        first = console_get_wait(patience_ticks);
    }
}

int main(void)
{
    uint32_t second = system_clock_hz();
    have_disk = disk_open() > 0;
    int first = console_get_wait(second / 10);
    if (first >= 0) {
        converse(first, second);
    } else {
        for (uint32_t number = 0; number < COUNT_TO; number++)
            say(number + 1);
    }
    if (have_disk && counter.answers > 0) {
        uint32_t number = counter.number;
        memset(&counter, 0, sizeof counter);
        must(disk_flush());
        must(disk_read(0, 1, &counter));
        if (counter.magic != COUNTER_MAGIC || counter.number != number) {
            printf("increment: the disk says %u\n", counter.number);
            return STATUS_WRONG;
        }
    }
    return 0;
}
