/* irq.h - how a device posts an external interrupt: a number (EIRR bit, 0 the most significant) into a callback. */
#ifndef US_IO_IRQ_H
#define US_IO_IRQ_H

/* External interrupts of the board (docs/board.md). */
enum {
    IRQ_TIMER = 0,
    IRQ_INTERPROCESSOR = 1,
    IRQ_CONSOLE = 4,
    IRQ_DISK = 5,
    IRQ_INPUT = 6,
    IRQ_CHANNEL = 7,
    IRQ_VIRTIO = 8,
};

struct irq_line {
    void (*post)(void *arg, unsigned number);
    void *arg;
};

static inline void irq_post(const struct irq_line *line, unsigned number)
{
    line->post(line->arg, number);
}

#endif
