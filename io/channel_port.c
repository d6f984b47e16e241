/* channel_port.c - see channel_port.h. */
#include "io/channel_port.h"

#include <assert.h>

#define STATE struct channel_port_state
static const struct state_field channel_port_fields[] = {
    STATE_SCALAR_BELOW(STATE, first, CHANNEL_PORT_WORDS, "the word to be taken next"),
    STATE_SCALAR_BELOW(STATE, count, CHANNEL_PORT_WORDS + 1, "words received and not taken"),
    STATE_SCALAR(STATE, failed, "1: the other computer has been reported failed"),
    STATE_SCALAR_BELOW(STATE, arbiter, CHANNEL_PORT_LOST + 1,
                       "what the arbiter said: 0 not asked, 1 won, 2 the other was first"),
    STATE_SCALAR(STATE, lost, "words stored without room"),
    STATE_ARRAY(STATE, words, "the FIFO, a ring"),
};
#undef STATE
const struct state_table channel_port_state_table = {"channel port", channel_port_fields,
                                                     sizeof channel_port_fields / sizeof channel_port_fields[0]};

enum {
    REG_IDENTITY = 0,
    REG_ROOM = 4,
    REG_SEND = 8,
    REG_RECEIVED = 12,
    REG_TAKE = 16,
    REG_FAILED = 20,
    REG_END = 24,
    REG_ARBITER = 28,
    REG_SHOWN = 32,
    REG_TYPED = 36,
};

void channel_port_reset(struct channel_port *port)
{
    if (port->state.count)
        port->backend->took(port->backend_arg, port->state.count);
    port->state.first = port->state.count = 0;
}

void channel_port_receive(struct channel_port *port, uint32_t word)
{
    struct channel_port_state *s = &port->state;
    assert(s->count < CHANNEL_PORT_WORDS);
    s->words[(s->first + s->count) % CHANNEL_PORT_WORDS] = word;
    if (s->count++ == 0)
        irq_post(&port->irq, IRQ_CHANNEL);
}

void channel_port_report(struct channel_port *port)
{
    port->state.failed = 1;
    irq_post(&port->irq, IRQ_CHANNEL);
}

/* The next word; 0 if there is none. */
static uint32_t take(struct channel_port *port)
{
    struct channel_port_state *s = &port->state;
    if (!s->count)
        return 0;
    uint32_t word = s->words[s->first];
    s->first = (s->first + 1) % CHANNEL_PORT_WORDS;
    s->count--;
    port->backend->took(port->backend_arg, 1);
    return word;
}

static enum phys_result port_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct channel_port *port = device;
    const struct channel_port_state *s = &port->state;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_IDENTITY:
        *value = CHANNEL_PORT_IDENTITY;
        break;
    case REG_ROOM:
        *value = port->backend->room(port->backend_arg);
        break;
    case REG_RECEIVED:
        *value = s->count;
        break;
    case REG_TAKE:
        *value = take(port);
        break;
    case REG_FAILED:
        *value = s->failed && !s->count;
        break;
    case REG_END:
        *value = port->end;
        break;
    case REG_ARBITER:
        *value = s->arbiter;
        break;
    case REG_SHOWN:
        *value = (uint32_t)*port->shown;
        break;
    case REG_TYPED:
        *value = (uint32_t)*port->typed;
        break;
    default: /* +8 is only stored to */
        *value = 0;
    }
    return PHYS_OK;
}

static enum phys_result ask_arbiter(struct channel_port *port)
{
    enum channel_port_taken said;
    enum phys_result result = port->backend->take_over(port->backend_arg, &said);
    if (result == PHYS_OK)
        port->state.arbiter = said;
    return result;
}

static enum phys_result port_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    struct channel_port *port = device;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_SEND:
        if (port->backend->room(port->backend_arg))
            port->backend->send(port->backend_arg, value);
        else
            port->state.lost++;
        return PHYS_OK;
    case REG_ARBITER:
        return ask_arbiter(port);
    case REG_SHOWN:
        *port->shown = value;
        return PHYS_OK;
    case REG_TYPED:
        *port->typed = value;
        return PHYS_OK;
    default: /* the rest is only loaded */
        return PHYS_OK;
    }
}

const struct phys_device_ops channel_port_ops = {port_load, port_store};
