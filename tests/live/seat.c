/* seat.c - a guest that says each event of keyboard and pointer, in their order; a 'q' that goes down ends it. */
#include <understudy.h>

static volatile bool woken;

static void input_interrupt(unsigned interrupt)
{
    (void)interrupt;
    woken = true;
}

static void wait_for_input(void)
{
    uint32_t old = interrupts_off();
    while (!woken) {
        idle();
        interrupts_on(); /* the handler runs here */
        interrupts_off();
    }
    woken = false;
    interrupts_restore(old);
}

int main(void)
{
    static const char *const kinds[] = {"?", "down", "up", "x", "y", "buttons"};
    bool ended = false;
    interrupt_connect(INTERRUPT_INPUT, input_interrupt);
    display_open();
    interrupts_on();
    printf("seat\n");
    while (!ended) {
        uint32_t event;
        wait_for_input();
        while (!ended && (event = input_next())) {
            printf("%s %u\n", kinds[input_kind(event)], input_code(event));
            ended = input_kind(event) == INPUT_KEY_DOWN && input_code(event) == 'q';
        }
    }
    return 0;
}
