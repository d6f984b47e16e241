/* expression.c - values as a person writes them: a number, a symbol or a $register, with + and - between.
 *
 * A symbol hides a register of the same name; $ says that the register is meant. */
#include <string.h>

#include "monitor/monitor.h"
#include "monitor/registers.h"
#include "monitor/text.h"

static bool term_value(const struct monitor *monitor, const char *term, uint64_t *value, struct error *error)
{
    bool wide;
    if (text_number(term, value))
        return true;
    const struct cpu_state *state = monitor->system ? monitor_cpu_state(monitor) : NULL;
    if (term[0] == '$' &&
        ((state && register_value(state, term + 1, value, &wide)) || variable_value(monitor, term + 1, value)))
        return true;
    const struct symbol *symbol = symbols_find(&monitor->symbols, term);
    if (symbol) {
        *value = symbol->address;
        return true;
    }
    if (state && register_value(state, term, value, &wide))
        return true;
    return error_set(error, "'%s' is no number, symbol or $register", term);
}

bool monitor_evaluate(const struct monitor *monitor, const char *text, uint64_t *value, struct error *error)
{
    uint64_t sum = 0;
    char sign = '+';
    for (;;) {
        char term[256];
        size_t length = strcspn(text, "+-");
        if (length == 0 || length >= sizeof term)
            return error_set(error, "a number, symbol or $register is wanted at '%.40s'", text);
        memcpy(term, text, length);
        term[length] = '\0';
        uint64_t one;
        if (!term_value(monitor, term, &one, error))
            return false;
        sum = sign == '+' ? sum + one : sum - one;
        if (!text[length])
            break;
        sign = text[length];
        text += length + 1;
    }
    *value = sum;
    return true;
}

bool monitor_address(const struct monitor *monitor, const char *text, uint32_t *address, struct error *error)
{
    uint64_t value = 0;
    if (!monitor_evaluate(monitor, text, &value, error))
        return false;
    /* Offsets wrap around at 2^32, so $sp-8 is an address whatever $sp is. */
    if (value > UINT32_MAX && value < UINT64_MAX - UINT32_MAX)
        return error_set(error, "'%s' is 0x%llx: an address of 32 bits is wanted", text, (unsigned long long)value);
    *address = (uint32_t)value;
    return true;
}
