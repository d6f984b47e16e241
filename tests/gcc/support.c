/* support.c - the parts of C's library that GCC's execute tests use, for a bare computer.
 *
 * The tests are hosted programs: they include the cross compiler's library headers, but there is no system below
 * them. What they call is here, on top of the guests' runtime (roms/): the end of a program is a power-off, stdout
 * and stderr are the console, memory is what lies above the image. Files and mapped memory do not exist: a test that
 * asks for them does not link, and tests/gcc/run reports it. Nothing here is tuned; it has to be right.
 */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

enum {
    STATUS_ABORT = 134, /* what a shell shows for SIGABRT */
    HEAP_ALIGNMENT = 16,
};

extern char __image_end[]; /* roms/guest.ld */
extern char __bss_start[];
void console_put(char byte);

/* Ends. */

void exit(int status)
{
    power_off((uint32_t)status);
}

void _exit(int status)
{
    power_off((uint32_t)status);
}

void abort(void)
{
    power_off(STATUS_ABORT);
}

/* Nothing here ever raises a signal. */
void (*signal(int number, void (*handler)(int)))(int)
{
    (void)number;
    (void)handler;
    return NULL;
}

void __assert_fail(const char *text, const char *file, unsigned line, const char *function)
{
    printf("%s:%u: %s: assertion failed: %s\n", file, line, function, text);
    abort();
}

/* Memory: handed out upwards and never taken back; the size is kept in front for realloc. */

static char *heap_next;

void *malloc(size_t size)
{
    char *limit = (char *)(uintptr_t)system_ram_bytes();
    if (!heap_next)
        heap_next = (char *)(((uintptr_t)__image_end + HEAP_ALIGNMENT - 1) & -(uintptr_t)HEAP_ALIGNMENT);
    if (size > (size_t)(limit - heap_next) - 2 * HEAP_ALIGNMENT)
        return NULL;
    char *block = heap_next + HEAP_ALIGNMENT;
    *(size_t *)(void *)heap_next = size;
    heap_next = block + ((size + HEAP_ALIGNMENT - 1) & -(size_t)HEAP_ALIGNMENT);
    return block;
}

void free(void *block)
{
    (void)block;
}

void *calloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *block = malloc(count * size);
    return block ? memset(block, 0, count * size) : NULL;
}

void *realloc(void *old, size_t size)
{
    void *block = malloc(size);
    if (block && old) {
        size_t had = *(size_t *)(void *)((char *)old - HEAP_ALIGNMENT);
        memcpy(block, old, had < size ? had : size);
    }
    return block;
}

/* Strings that the runtime does not have. */

char *strchr(const char *text, int byte)
{
    for (;; text++) {
        if (*text == (char)byte)
            return (char *)(uintptr_t)text;
        if (!*text)
            return NULL;
    }
}

char *strrchr(const char *text, int byte)
{
    const char *found = NULL;
    do {
        if (*text == (char)byte)
            found = text;
    } while (*text++);
    return (char *)(uintptr_t)found;
}

void *memchr(const void *memory, int byte, size_t size)
{
    const unsigned char *at = memory;
    for (; size > 0; size--, at++) {
        if (*at == (unsigned char)byte)
            return (void *)(uintptr_t)at;
    }
    return NULL;
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t i = 0;
    for (; i < size && from[i]; i++)
        to[i] = from[i];
    for (; i < size; i++)
        to[i] = '\0';
    return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
    strcpy(to + strlen(to), from);
    return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t size)
{
    char *at = to + strlen(to);
    for (; size > 0 && *from; size--)
        *at++ = *from++;
    *at = '\0';
    return to;
}

char *stpcpy(char *restrict to, const char *restrict from)
{
    strcpy(to, from);
    return to + strlen(from);
}

void *mempcpy(void *restrict to, const void *restrict from, size_t size)
{
    memcpy(to, from, size);
    return (char *)to + size;
}

size_t strspn(const char *text, const char *accept)
{
    size_t n = 0;
    while (text[n] && strchr(accept, text[n]))
        n++;
    return n;
}

size_t strcspn(const char *text, const char *reject)
{
    size_t n = 0;
    while (text[n] && !strchr(reject, text[n]))
        n++;
    return n;
}

char *strpbrk(const char *text, const char *accept)
{
    text += strcspn(text, accept);
    return *text ? (char *)(uintptr_t)text : NULL;
}

char *strstr(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text; text++) {
        if (!strncmp(text, part, length))
            return (char *)(uintptr_t)text;
    }
    return length ? NULL : (char *)(uintptr_t)text;
}

int(isprint)(int byte) /* a macro too */
{
    return byte >= ' ' && byte <= '~';
}

/* Numbers. */

int abs(int value)
{
    return value < 0 ? -value : value;
}

long labs(long value)
{
    return value < 0 ? -value : value;
}

/* Insertion sort: the tests sort a handful of elements. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    char *first = base;
    for (size_t i = 1; i < count; i++) {
        for (char *at = first + i * size; at > first && compare(at - size, at) > 0; at -= size) {
            for (size_t k = 0; k < size; k++) {
                char byte = at[k];
                at[k] = at[k - (ptrdiff_t)size];
                at[k - (ptrdiff_t)size] = byte;
            }
        }
    }
}

double sqrt(double value)
{
    double root;
    __asm__("fsqrt,dbl %1,%0" : "=f"(root) : "f"(value));
    return root;
}

double floor(double value)
{
    if (!(value > -0x1p52 && value < 0x1p52) || value == 0)
        return value; /* integral already, infinite, or not a number */
    double whole = (double)(long long)value;
    return whole > value ? whole - 1 : whole;
}

/* e to the POWER: halved until its series is short, then squared back. */
static double exponential(double power)
{
    double term = 1, sum = 1;
    int halvings = 0;
    for (; power > 0.125 || power < -0.125; halvings++)
        power /= 2;
    for (int n = 1; n < 16; n++)
        sum += term *= power / n;
    while (halvings--)
        sum *= sum;
    return sum;
}

/* The number whose exponential is VALUE (> 0), by Newton's method. */
static double logarithm(double value)
{
    double guess = ilogb(value) * 0.69314718055994531;
    for (int i = 0; i < 8; i++)
        guess += value / exponential(guess) - 1;
    return guess;
}

/* Exact where the exponent is a small integer, else good to a dozen digits. */
double pow(double base, double exponent)
{
    double result = 1, count = exponent < 0 ? -exponent : exponent;
    if (floor(count) != count)
        return exponential(exponent * logarithm(base));
    for (; count >= 1; count--)
        result *= base;
    return exponent < 0 ? 1 / result : result;
}

double fmax(double a, double b)
{
    return a != a ? b : b != b ? a : a > b ? a : b;
}

float fmaxf(float a, float b)
{
    return (float)fmax((double)a, (double)b);
}

long double fmaxl(long double a, long double b)
{
    return (long double)fmax((double)a, (double)b);
}

int ilogb(double value)
{
    union {
        double number;
        uint64_t bits;
    } u = {value};
    int exponent = (int)(u.bits >> 52 & 0x7FF);
    uint64_t fraction = u.bits << 12;
    if (exponent == 0x7FF)
        return fraction ? FP_ILOGBNAN : INT_MAX;
    if (exponent)
        return exponent - 1023;
    return fraction ? -1023 - __builtin_clzll(fraction) : FP_ILOGB0;
}

int ilogbf(float value)
{
    return ilogb((double)value);
}

int ilogbl(long double value)
{
    return ilogb((double)value);
}

/* Output. */

FILE *stdin = (FILE *)(void *)(__bss_start + 0); /* never looked into */
FILE *stdout = (FILE *)(void *)(__bss_start + 1);
FILE *stderr = (FILE *)(void *)(__bss_start + 2);

int putchar(int byte)
{
    console_put((char)byte);
    return (unsigned char)byte;
}

int fputc(int byte, FILE *file)
{
    (void)file;
    return putchar(byte);
}

int putc(int byte, FILE *file)
{
    return fputc(byte, file);
}

size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict file)
{
    const char *bytes = from;
    for (size_t i = 0; i < size * count; i++)
        fputc(bytes[i], file);
    return count;
}

int fputs(const char *restrict text, FILE *restrict file)
{
    fwrite(text, 1, strlen(text), file);
    return 0;
}

int puts(const char *text)
{
    fputs(text, stdout);
    putchar('\n');
    return 0;
}

int fflush(FILE *file)
{
    (void)file;
    return 0;
}
