/* user_lib.c - see user.h. */
#include "user.h"

void user_say(const char *text, uint32_t number)
{
    char line[64], digits[10];
    uint32_t length = 0, count = 0;
    while (text[length] && length < sizeof line - sizeof digits - 3) {
        line[length + 2] = text[length];
        length++;
    }
    line[0] = line[1] = ' ';
    length += 2;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        line[length++] = digits[--count];
    line[length++] = '\n';
    user_write(line, length);
}
