/* format.c - formatted output for GCC's execute tests: C's printf family, to the console or into a string.
 *
 * All flags, widths, precisions and length modifiers of C17's 7.21.6.1; conversions d i u o x X p c s n % and f g e,
 * the last three for numbers of ordinary size only: nine significant digits are what the tests look at.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
    char *text; /* NULL: the console */
    size_t size, length;
};

struct conversion {
    bool left, zero, plus, space, alternate;
    int width, precision; /* precision -1: none */
    int length;           /* -2 hh, -1 h, 0, 1 l, 2 ll */
};

static void put(struct sink *sink, char byte)
{
    if (!sink->text)
        putchar(byte);
    else if (sink->length + 1 < sink->size)
        sink->text[sink->length] = byte;
    sink->length++;
}

static void pad(struct sink *sink, char byte, int count)
{
    while (count-- > 0)
        put(sink, byte);
}

static void put_field(struct sink *sink, const struct conversion *c, const char *prefix, const char *body, int length)
{
    int missing = c->width - (int)strlen(prefix) - length;
    if (!c->left && !c->zero)
        pad(sink, ' ', missing);
    while (*prefix)
        put(sink, *prefix++);
    if (!c->left && c->zero)
        pad(sink, '0', missing);
    for (int i = 0; i < length; i++)
        put(sink, body[i]);
    if (c->left)
        pad(sink, ' ', missing);
}

static void put_number(struct sink *sink, const struct conversion *given, uint64_t value, unsigned base,
                       const char *alphabet, const char *prefix)
{
    char digits[128];
    struct conversion c = *given;
    int at = sizeof digits, least = c.precision < 0 ? 1 : c.precision;
    if (least > 100)
        least = 100;
    for (; value; value /= base)
        digits[--at] = alphabet[value % base];
    while ((int)sizeof digits - at < least)
        digits[--at] = '0';
    if (base == 8 && c.alternate && (at == (int)sizeof digits || digits[at] != '0'))
        digits[--at] = '0';
    if (c.precision >= 0)
        c.zero = false;
    put_field(sink, &c, prefix, digits + at, (int)sizeof digits - at);
}

static uint64_t take_unsigned(const struct conversion *c, va_list *arguments)
{
    uint64_t value = c->length == 2 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned long);
    return c->length == -2 ? (unsigned char)value : c->length == -1 ? (unsigned short)value : value;
}

static const char *sign_of(const struct conversion *c, bool negative)
{
    return negative ? "-" : c->plus ? "+" : c->space ? " " : "";
}

static void put_signed(struct sink *sink, const struct conversion *c, va_list *arguments)
{
    int64_t value = c->length == 2 ? va_arg(*arguments, long long) : va_arg(*arguments, long);
    value = c->length == -2 ? (signed char)value : c->length == -1 ? (short)value : value;
    put_number(sink, c, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, "0123456789", sign_of(c, value < 0));
}

static void put_string(struct sink *sink, const struct conversion *c, const char *text)
{
    int length = 0;
    if (!text)
        text = "(null)";
    while ((c->precision < 0 || length < c->precision) && text[length])
        length++;
    put_field(sink, c, "", text, length);
}

/* VALUE (not negative, below 2^63) with PLACES digits after the point into TEXT; returns the length. */
static int fixed(char *text, double value, int places)
{
    int length = 0;
    double scale = 1;
    for (int i = 0; i < places; i++)
        scale *= 10;
    uint64_t whole = (uint64_t)value, fraction = (uint64_t)((value - (double)whole) * scale + 0.5);
    if ((double)fraction >= scale) {
        whole++;
        fraction = 0;
    }
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole);
    while (count)
        text[length++] = digits[--count];
    if (places)
        text[length++] = '.';
    for (int i = places; i > 0; i--, fraction /= 10)
        text[length + i - 1] = (char)('0' + fraction % 10);
    return length + places;
}

/* %g without its exponent form's rarely met corners: trailing zeros go, ordinary sizes are written plainly. */
static void put_float(struct sink *sink, const struct conversion *c, char letter, double value)
{
    char text[64];
    int exponent = 0, places = c->precision < 0 ? 6 : c->precision > 12 ? 12 : c->precision, length;
    bool negative = __builtin_signbit(value);
    double size = negative ? -value : value;
    if (value != value || size > __DBL_MAX__) {
        put_field(sink, c, sign_of(c, negative), value != value ? "nan" : "inf", 3);
        return;
    }
    bool general = letter == 'g';
    double mantissa = size;
    for (; mantissa >= 10; exponent++)
        mantissa /= 10;
    for (; mantissa && mantissa < 1; exponent--)
        mantissa *= 10;
    bool scientific = letter == 'e' || (general && (exponent < -4 || exponent >= (places ? places : 1)));
    if (general)
        places = (places ? places : 1) - 1 - (scientific ? 0 : exponent);
    length = fixed(text, scientific ? mantissa : size, places);
    if (general && !c->alternate && places > 0) {
        while (text[length - 1] == '0')
            length--;
        length -= text[length - 1] == '.';
    }
    if (scientific)
        length += sprintf(text + length, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
    put_field(sink, c, sign_of(c, negative), text, length);
}

static int take_width(const char **format, va_list *arguments)
{
    int number = 0;
    if (**format == '*') {
        ++*format;
        return va_arg(*arguments, int);
    }
    for (; **format >= '0' && **format <= '9'; ++*format)
        number = number * 10 + (**format - '0');
    return number;
}

/* The part between '%' and the letter; returns the letter's place. */
static const char *parse(const char *format, struct conversion *c, va_list *arguments)
{
    *c = (struct conversion){.precision = -1};
    for (; *format && strchr("-0+ #", *format); format++) {
        c->left |= *format == '-';
        c->zero |= *format == '0';
        c->plus |= *format == '+';
        c->space |= *format == ' ';
        c->alternate |= *format == '#';
    }
    c->width = take_width(&format, arguments);
    if (c->width < 0) {
        c->left = true;
        c->width = -c->width;
    }
    if (*format == '.') {
        format++;
        c->precision = take_width(&format, arguments);
    }
    for (; *format && strchr("hljztL", *format); format++)
        c->length += *format == 'h' ? -1 : *format == 'l' ? 1 : *format == 'j' ? 2 : 0;
    return format;
}

static void store_count(const struct conversion *c, size_t count, void *where)
{
    if (c->length == 2)
        *(long long *)where = (long long)count;
    else if (c->length == -1)
        *(short *)where = (short)count;
    else if (c->length == -2)
        *(signed char *)where = (signed char)count;
    else
        *(int *)where = (int)count;
}

static void convert(struct sink *sink, char letter, struct conversion *c, va_list *arguments)
{
    static const char small[] = "0123456789abcdef", capital[] = "0123456789ABCDEF";
    uint64_t value;
    char byte;
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(sink, c, arguments);
        break;
    case 'u':
        put_number(sink, c, take_unsigned(c, arguments), 10, small, "");
        break;
    case 'o':
        put_number(sink, c, take_unsigned(c, arguments), 8, small, "");
        break;
    case 'x':
    case 'X':
        value = take_unsigned(c, arguments);
        put_number(sink, c, value, 16, letter == 'X' ? capital : small,
                   c->alternate && value ? letter == 'X' ? "0X" : "0x" : "");
        break;
    case 'p':
        put_number(sink, c, (uintptr_t)va_arg(*arguments, void *), 16, small, "0x");
        break;
    case 'c':
        byte = (char)va_arg(*arguments, int);
        put_field(sink, c, "", &byte, 1);
        break;
    case 's':
        put_string(sink, c, va_arg(*arguments, const char *));
        break;
    case 'n':
        store_count(c, sink->length, va_arg(*arguments, void *));
        break;
    case 'f':
    case 'g':
    case 'e':
        put_float(sink, c, letter, va_arg(*arguments, double));
        break;
    default:
        put(sink, letter);
    }
}

static int print(struct sink *sink, const char *format, va_list given)
{
    va_list arguments;
    va_copy(arguments, given);
    for (; *format; format++) {
        struct conversion c;
        if (*format != '%') {
            put(sink, *format);
            continue;
        }
        format = parse(format + 1, &c, &arguments);
        if (!*format)
            break;
        convert(sink, *format, &c, &arguments);
    }
    va_end(arguments);
    if (sink->text && sink->size)
        sink->text[sink->length < sink->size ? sink->length : sink->size - 1] = '\0';
    return (int)sink->length;
}

int vprintf(const char *restrict format, va_list arguments)
{
    return print(&(struct sink){0}, format, arguments);
}

int vfprintf(FILE *restrict file, const char *restrict format, va_list arguments)
{
    (void)file;
    return vprintf(format, arguments);
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments)
{
    char none;
    return print(&(struct sink){size ? text : &none, size, 0}, format, arguments);
}

int vsprintf(char *restrict text, const char *restrict format, va_list arguments)
{
    return vsnprintf(text, SIZE_MAX, format, arguments);
}

/* The same function with "..." in place of a va_list: CALL uses `arguments`. */
#define VARIADIC(last, call)                                                                                           \
    va_list arguments;                                                                                                 \
    va_start(arguments, last);                                                                                         \
    int result = call;                                                                                                 \
    va_end(arguments);                                                                                                 \
    return result

int printf(const char *restrict format, ...)
{
    VARIADIC(format, vprintf(format, arguments));
}

int fprintf(FILE *restrict file, const char *restrict format, ...)
{
    VARIADIC(format, vfprintf(file, format, arguments));
}

int sprintf(char *restrict text, const char *restrict format, ...)
{
    VARIADIC(format, vsprintf(text, format, arguments));
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
    VARIADIC(format, vsnprintf(text, size, format, arguments));
}
