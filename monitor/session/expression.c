/* expression.c - values as a person writes them: C's operators with C's precedence, on 64-bit integers.
 *
 *     expression = a number (decimal, 0x..., 0b..., 'c'), a symbol, a $register, a $fact or $variable, (expression),
 *                  a word to compare a variable's with ('dec', "dec"),
 *                  *E (the word at address E), byte(E), half(E), word(E), double(E) (memory of 1, 2, 4, 8 bytes),
 *                  phys:E (E is a physical address), - ~ ! +, * / %, + -, << >>, < <= > >=, == !=, &, ^, |, &&, ||, ?:
 *
 * Numbers are signed, as wide as a register of 64 bits; registers of 32 bits are not negative. A symbol hides a
 * register of the same name; $ says that the register is meant. All of an expression is looked at, also what && or ?:
 * does not need, so that a mistake never waits for its day.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/nearest.h"
#include "monitor/session/monitor.h"
#include "monitor/session/registers.h"
#include "monitor/base/text.h"

enum { DEPTH_MAX = 100, NAME_BYTES = 128 };

struct parser {
    const struct monitor *monitor;
    const char *text, *at;
    unsigned depth;
    struct error *error;
};

static bool parse_ternary(struct parser *parser, struct value *value);
static bool parse_unary(struct parser *parser, struct value *value);

static bool refuse(struct parser *parser, const char *what)
{
    if (!*parser->at)
        return error_set(parser->error, "'%.100s': %s at its end", parser->text, what);
    return error_set(parser->error, "'%.100s': %s at '%.40s'", parser->text, what, parser->at);
}

static void skip_blanks(struct parser *parser)
{
    while (isspace((unsigned char)*parser->at))
        parser->at++;
}

/* Take TOKEN if it comes next. */
static bool take(struct parser *parser, const char *token)
{
    size_t length = strlen(token);
    skip_blanks(parser);
    if (strncmp(parser->at, token, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static bool parse_number(struct parser *parser, struct value *value)
{
    const char *begin = parser->at;
    bool binary = begin[0] == '0' && (begin[1] == 'b' || begin[1] == 'B');
    char word[NAME_BYTES];
    size_t length = 0;
    while (is_name_char(begin[length]))
        length++;
    if (length < sizeof word) {
        memcpy(word, begin, length);
        word[length] = '\0';
        bool good = text_number(word, &value->number);
        if (binary && length > 2 && length <= 66 && strspn(word + 2, "01") == length - 2) {
            value->number = strtoull(word + 2, NULL, 2);
            good = true;
        }
        if (good) {
            parser->at += length;
            return true;
        }
    }
    return refuse(parser, "no number of at most 64 bits");
}

static bool named_value(const struct monitor *monitor, const char *name, struct value *value)
{
    bool wide;
    uint64_t *number = &value->number;
    const struct cpu_state *state = monitor->system ? monitor_cpu_state(monitor) : NULL;
    if (name[0] == '$' && state && register_value(state, name + 1, number, &wide))
        return true;
    if (name[0] == '$' && variable_value(monitor, name + 1, number)) {
        value->of_fact = !variable_find(monitor, name + 1);
        return true;
    }
    const struct symbol *symbol = symbols_find(&monitor->symbols, name);
    if (symbol)
        *number = symbol->address;
    return symbol || (state && register_value(state, name, number, &wide));
}

/* Nobody is called NAME: a symbol of the image, a $fact, a $register or a $variable may have been meant. */
static bool refuse_name(const struct monitor *monitor, const char *name, struct error *error)
{
    struct nearest nearest;
    const char *word = name + (*name == '$');
    char known[16];
    nearest_begin(&nearest, word, strlen(word));
    for (size_t i = 0; *name != '$' && i < monitor->symbols.count; i++)
        nearest_try(&nearest, "", monitor->symbols.at[i].name);
    for (const struct fact *fact = facts; fact->name; fact++)
        nearest_try(&nearest, "$", fact->name);
    for (unsigned i = 0; register_name(i, known); i++)
        nearest_try(&nearest, "$", known);
    for (size_t i = 0; i < monitor->variables.rows.count; i++)
        nearest_try(&nearest, "$", monitor->variables.rows.at[i].name);
    if (!nearest.least && (*name == '$' || !monitor->system)) /* there is one */
        return error_set(error, "'%s' has no value %s", name,
                         monitor->system ? "at a node: the world of the pair knows it" : "yet: there is no system");
    return error_set(error, "'%s' is no number, symbol or $register%s", name, nearest.question);
}

/* Make VALUE, an address, the SIZE bytes of memory there. */
static bool dereference(struct parser *parser, struct value *value, unsigned size)
{
    struct place place = {0};
    if (!monitor_wants_system(parser->monitor, parser->error) || !value_place(value, &place, parser->error) ||
        !monitor_load(parser->monitor, place, size, &value->number, parser->error))
        return false;
    value->reference = place;
    value->reference_bytes = size;
    value->physical = value->of_fact = false;
    return true;
}

/* byte(E), half(E), word(E), double(E). *IS: it was one. */
static bool parse_memory(struct parser *parser, const char *name, struct value *value, bool *is)
{
    static const char *const names[] = {"byte", "half", "word", "double"};
    for (unsigned i = 0; i < 4; i++) {
        const char *before = parser->at;
        *is = strcmp(name, names[i]) == 0 && take(parser, "(");
        if (!*is) {
            parser->at = before;
            continue;
        }
        if (!parse_ternary(parser, value))
            return false;
        return (take(parser, ")") || refuse(parser, "a ) is missing")) && dereference(parser, value, 1u << i);
    }
    return true;
}

static bool parse_name(struct parser *parser, struct value *value)
{
    char name[NAME_BYTES];
    size_t length = 0;
    while (is_name_char(parser->at[length]))
        length++;
    if (length == 0 || length >= sizeof name)
        return refuse(parser, "a number, symbol or $register is wanted");
    memcpy(name, parser->at, length);
    name[length] = '\0';
    parser->at += length;
    bool is_memory;
    if (!parse_memory(parser, name, value, &is_memory))
        return false;
    return is_memory || named_value(parser->monitor, name, value) || refuse_name(parser->monitor, name, parser->error);
}

static bool parse_primary(struct parser *parser, struct value *value)
{
    *value = (struct value){0};
    skip_blanks(parser);
    if (take(parser, "("))
        return parse_ternary(parser, value) && (take(parser, ")") || refuse(parser, "a ) is missing"));
    char quote = *parser->at;
    const char *end = quote == '\'' || quote == '"' ? strchr(parser->at + 1, quote) : NULL;
    if (end && end > parser->at + 1) {
        value->number = variable_word_number(parser->at + 1, (size_t)(end - parser->at) - 1);
        parser->at = end + 1;
        return true;
    }
    return isdigit((unsigned char)*parser->at) ? parse_number(parser, value) : parse_name(parser, value);
}

static bool parse_prefixed(struct parser *parser, struct value *value)
{
    if (take(parser, "phys:")) {
        if (!parse_unary(parser, value))
            return false;
        *value = (struct value){.number = value->number, .physical = true};
        return true;
    }
    skip_blanks(parser);
    char operator= * parser->at;
    if (!operator|| !strchr("*-~!+", operator))
        return parse_primary(parser, value);
    parser->at++;
    if (!parse_unary(parser, value))
        return false;
    if (operator== '*')
        return dereference(parser, value, 4);
    uint64_t number = value->number;
    *value = (struct value){.of_fact = value->of_fact,
                            .number = operator== '-' ? -number :
                                      operator== '~' ? ~number
                                      :
                                      operator== '!' ? !number
                                                     : number };
    return true;
}

static bool parse_unary(struct parser *parser, struct value *value)
{
    if (++parser->depth > DEPTH_MAX)
        return refuse(parser, "nested too deeply");
    bool good = parse_prefixed(parser, value);
    parser->depth--;
    return good;
}

enum { LEVEL_SHIFT = 8 };

/* The binary operators; of two that begin alike the longer one is first. */
static const struct binary {
    const char *token;
    unsigned level; /* binds the tighter the higher it is */
} binaries[] = {{"||", 1},
                {"&&", 2},
                {"==", 6},
                {"!=", 6},
                {"<<", LEVEL_SHIFT},
                {">>", LEVEL_SHIFT},
                {"<=", 7},
                {">=", 7},
                {"<", 7},
                {">", 7},
                {"|", 3},
                {"^", 4},
                {"&", 5},
                {"+", 9},
                {"-", 9},
                {"*", 10},
                {"/", 10},
                {"%", 10}};
enum { BINARIES = sizeof binaries / sizeof binaries[0] };

static const struct binary *next_binary(struct parser *parser)
{
    skip_blanks(parser);
    for (unsigned i = 0; i < BINARIES; i++)
        if (strncmp(parser->at, binaries[i].token, strlen(binaries[i].token)) == 0)
            return &binaries[i];
    return NULL;
}

static bool divide(struct parser *parser, bool remainder, uint64_t *x, uint64_t y)
{
    if (y == 0)
        return refuse(parser, "division by zero");
    int64_t a = (int64_t)*x, b = (int64_t)y;
    if (b == -1)
        *x = remainder ? 0 : -*x; /* no overflow */
    else
        *x = (uint64_t)(remainder ? a % b : a / b);
    return true;
}

/* X shifted by Y, which is not negative: what 64 bits leave of X * 2^Y, or of X / 2^Y, rounded down. */
static uint64_t shift(bool left, uint64_t x, uint64_t y)
{
    uint64_t sign = x > INT64_MAX ? UINT64_MAX : 0;
    if (left)
        return y < 64 ? x << y : 0;
    return y < 64 ? ((x ^ sign) >> y) ^ sign : sign;
}

static uint64_t compute(const char *token, uint64_t x, uint64_t y)
{
    int64_t a = (int64_t)x, b = (int64_t)y;
    bool doubled = token[1] == token[0];
    switch (token[0]) {
    case '|':
        return doubled ? x || y : x | y;
    case '&':
        return doubled ? x && y : x & y;
    case '=':
        return x == y;
    case '!':
        return x != y;
    case '<':
        return doubled ? shift(true, x, y) : token[1] ? a <= b : a < b;
    case '>':
        return doubled ? shift(false, x, y) : token[1] ? a >= b : a > b;
    case '^':
        return x ^ y;
    case '+':
        return x + y;
    case '-':
        return x - y;
    default:
        return x * y;
    }
}

static bool parse_binary(struct parser *parser, unsigned level_min, struct value *left)
{
    if (!parse_unary(parser, left))
        return false;
    for (;;) {
        const struct binary *binary = next_binary(parser);
        struct value right;
        if (!binary || binary->level < level_min)
            return true;
        parser->at += strlen(binary->token);
        if (!parse_binary(parser, binary->level + 1, &right))
            return false;
        if (binary->level == LEVEL_SHIFT && right.number > INT64_MAX)
            return refuse(parser, "a shift by a negative number");
        bool sum = *binary->token == '+' || *binary->token == '-';
        uint64_t number = left->number;
        if (*binary->token == '/' || *binary->token == '%') {
            if (!divide(parser, *binary->token == '%', &number, right.number))
                return false;
        } else {
            number = compute(binary->token, number, right.number);
        }
        *left = (struct value){.number = number,
                               .physical = sum && (left->physical || right.physical),
                               .of_fact = left->of_fact || right.of_fact};
    }
}

static bool parse_ternary(struct parser *parser, struct value *value)
{
    struct value yes, no;
    if (++parser->depth > DEPTH_MAX)
        return refuse(parser, "nested too deeply");
    bool good = parse_binary(parser, 1, value);
    if (good && take(parser, "?")) {
        good = parse_ternary(parser, &yes) && (take(parser, ":") || refuse(parser, "a : is missing")) &&
               parse_ternary(parser, &no);
        if (good)
            *value = value->number ? yes : no;
    }
    parser->depth--;
    return good;
}

bool monitor_value(const struct monitor *monitor, const char *text, struct value *value, struct error *error)
{
    struct parser parser = {monitor, text, text, 0, error};
    if (!parse_ternary(&parser, value))
        return false;
    skip_blanks(&parser);
    return !*parser.at || refuse(&parser, "an operator is wanted");
}

bool monitor_evaluate(const struct monitor *monitor, const char *text, uint64_t *value, struct error *error)
{
    struct value whole = {0};
    bool good = monitor_value(monitor, text, &whole, error);
    if (good)
        *value = whole.number;
    return good;
}

bool value_place(const struct value *value, struct place *place, struct error *error)
{
    /* Offsets wrap around at 2^32, so $sp-8 is an address whatever $sp is. */
    if (value->number > UINT32_MAX && value->number < UINT64_MAX - UINT32_MAX)
        return error_set(error, "0x%llx is no address: an address of 32 bits is wanted",
                         (unsigned long long)value->number);
    *place = (struct place){(uint32_t)value->number, value->physical};
    return true;
}

bool monitor_place(const struct monitor *monitor, const char *text, struct place *place, struct error *error)
{
    struct value value = {0};
    return monitor_value(monitor, text, &value, error) && value_place(&value, place, error);
}

bool monitor_address(const struct monitor *monitor, const char *text, uint32_t *address, struct error *error)
{
    struct place place = {0};
    if (!monitor_place(monitor, text, &place, error))
        return false;
    *address = place.address;
    return !place.physical || error_set(error, "'%s' is a physical address: a virtual one is wanted here", text);
}
