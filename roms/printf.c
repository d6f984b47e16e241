/* printf.c - formatted output, to the console or into a string. Supports what console.h says, no floating point.
 */
#include <stdarg.h>
#include <understudy.h>

/* Where the bytes go: into TEXT if it is not NULL, else to the console. */
struct sink {
    char *text;
    unsigned long size, length;
};

/* One conversion: %-0WIDTH.PRECISION lengths */
struct conversion {
    bool left, zero;
    int width, precision; /* precision -1: none */
    int longs;            /* 0 int, 1 long, 2 long long */
};

static void put(struct sink *sink, char byte)
{
    if (!sink->text)
        console_put(byte);
    else if (sink->length + 1 < sink->size)
        sink->text[sink->length] = byte;
    sink->length++;
}

static void pad(struct sink *sink, char byte, int count)
{
    while (count-- > 0)
        put(sink, byte);
}

/* PREFIX and BODY in a field: zeros go between the two, blanks outside. */
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

static void put_number(struct sink *sink, const struct conversion *c, uint64_t value, unsigned base, bool capital,
                       const char *prefix)
{
    char digits[24];
    int at = sizeof digits;
    const char *alphabet = capital ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t low = (uint32_t)value;
    while (value >> 32) { /* long division only while it is needed: it costs hundreds of instructions */
        digits[--at] = alphabet[value % base];
        value /= base;
        low = (uint32_t)value;
    }
    do {
        digits[--at] = alphabet[low % base];
        low /= base;
    } while (low);
    put_field(sink, c, prefix, digits + at, (int)sizeof digits - at);
}

static uint64_t take_unsigned(const struct conversion *c, va_list *arguments)
{
    return c->longs == 2 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned long);
}

static void put_signed(struct sink *sink, const struct conversion *c, va_list *arguments)
{
    int64_t value = c->longs == 2 ? va_arg(*arguments, long long) : va_arg(*arguments, long);
    put_number(sink, c, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false, value < 0 ? "-" : "");
}

static void put_string(struct sink *sink, const struct conversion *c, const char *text)
{
    int length = 0;
    while ((c->precision < 0 || length < c->precision) && text[length])
        length++;
    struct conversion blank = *c;
    blank.zero = false;
    put_field(sink, &blank, "", text, length);
}

/* Read the part between '%' and the letter; returns the letter's place. */
static const char *parse(const char *format, struct conversion *c, va_list *arguments)
{
    *c = (struct conversion){.precision = -1};
    for (; *format == '-' || *format == '0'; format++) {
        if (*format == '-')
            c->left = true;
        else
            c->zero = true;
    }
    if (*format == '*') {
        c->width = va_arg(*arguments, int);
        format++;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        c->width = c->width * 10 + (*format - '0');
    if (*format == '.') {
        c->precision = 0;
        for (format++; *format >= '0' && *format <= '9'; format++)
            c->precision = c->precision * 10 + (*format - '0');
    }
    for (; *format == 'l'; format++)
        c->longs++;
    return format;
}

static void convert(struct sink *sink, char letter, const struct conversion *c, va_list *arguments)
{
    char byte;
    switch (letter) {
    case 'd':
    case 'i':
        put_signed(sink, c, arguments);
        break;
    case 'u':
        put_number(sink, c, take_unsigned(c, arguments), 10, false, "");
        break;
    case 'x':
    case 'X':
        put_number(sink, c, take_unsigned(c, arguments), 16, letter == 'X', "");
        break;
    case 'o':
        put_number(sink, c, take_unsigned(c, arguments), 8, false, "");
        break;
    case 'p':
        put_number(sink, c, (uintptr_t)va_arg(*arguments, void *), 16, false, "0x");
        break;
    case 'c':
        byte = (char)va_arg(*arguments, int);
        put_field(sink, c, "", &byte, 1);
        break;
    case 's':
        put_string(sink, c, va_arg(*arguments, const char *));
        break;
    default:
        put(sink, '%');
        if (letter != '%')
            put(sink, letter);
    }
}

static void print(struct sink *sink, const char *format, va_list *arguments)
{
    for (; *format; format++) {
        struct conversion c;
        if (*format != '%') {
            put(sink, *format);
            continue;
        }
        format = parse(format + 1, &c, arguments);
        if (!*format)
            break;
        convert(sink, *format, &c, arguments);
    }
}

int printf(const char *format, ...)
{
    struct sink sink = {0};
    va_list arguments;
    va_start(arguments, format);
    print(&sink, format, &arguments);
    va_end(arguments);
    return (int)sink.length;
}

int snprintf(char *text, unsigned long size, const char *format, ...)
{
    char none;
    struct sink sink = {.text = size ? text : &none, .size = size};
    va_list arguments;
    va_start(arguments, format);
    print(&sink, format, &arguments);
    va_end(arguments);
    if (size)
        text[sink.length < size ? sink.length : size - 1] = '\0';
    return (int)sink.length;
}
