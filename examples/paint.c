/* paint.c - a drawing program: keyboard and pointer, and a picture that survives.
 *
 * Shows: events of keyboard and pointer, taken on interrupt 6. The left button draws; 1 to 8, or a click on it, chooses
 * a colour; the arrow keys move the pen, and draw while the space bar is down; c clears; Escape or q ends it. At
 * the end it says how many pixels have each colour. Status 0.
 */
#include <understudy.h>

enum {
    COLOURS = 8, /* 0 is the paper */
    BOX = 40,    /* a colour's, at the top */
    BRUSH = 3,
    STEP = 8, /* of an arrow key */
};

static const uint32_t colours[COLOURS] = {0xF4F1E8, 0x202020, 0xB03A2E, 0xD68910,
                                          0x1E8449, 0x2471A3, 0x6C3483, 0x909497};

static volatile bool woken;
static int pen_x = DISPLAY_WIDTH / 2, pen_y = DISPLAY_HEIGHT / 2, at_x, at_y;
static uint32_t colour = 1, buttons;
static bool space_down, ended;

static void input_interrupt(unsigned interrupt)
{
    (void)interrupt;
    woken = true;
}

static void draw_boxes(void)
{
    for (int i = 1; i <= COLOURS; i++)
        display_fill((i - 1) * BOX, 0, BOX - 2, BOX - 2, (uint32_t)i % COLOURS);
    display_fill(0, BOX, COLOURS * BOX, 4, 0);
    display_fill(((int)colour + COLOURS - 1) % COLOURS * BOX, BOX, BOX - 2, 4, 1);
}

static void clear(void)
{
    display_fill(0, 0, DISPLAY_WIDTH, DISPLAY_HEIGHT, 0);
    draw_boxes();
}

static void choose(int box)
{
    colour = (uint32_t)(box + 1) % COLOURS;
    draw_boxes();
}

/* From where the pen was to X, Y. */
static void stroke(int x, int y)
{
    int steps = (x > pen_x ? x - pen_x : pen_x - x) + (y > pen_y ? y - pen_y : pen_y - y);
    display_disc(x, y, BRUSH, colour);
    for (int i = 0; i < steps; i++)
        display_disc(pen_x + (x - pen_x) * i / steps, pen_y + (y - pen_y) * i / steps, BRUSH, colour);
}

static void move_to(int x, int y, bool draws)
{
    if (draws)
        stroke(x, y);
    pen_x = x;
    pen_y = y;
}

static void move_by(int x, int y)
{
    int to_x = pen_x + x, to_y = pen_y + y;
    if (to_x >= 0 && to_x < DISPLAY_WIDTH && to_y >= 0 && to_y < DISPLAY_HEIGHT)
        move_to(to_x, to_y, space_down);
}

static void key_down(uint32_t code)
{
    switch (code) {
    case KEY_ARROW_UP:
        move_by(0, -STEP);
        break;
    case KEY_ARROW_DOWN:
        move_by(0, STEP);
        break;
    case KEY_ARROW_LEFT:
        move_by(-STEP, 0);
        break;
    case KEY_ARROW_RIGHT:
        move_by(STEP, 0);
        break;
    case ' ':
        space_down = true;
        stroke(pen_x, pen_y);
        break;
    case 'c':
        clear();
        break;
    case 'q':
    case KEY_ESCAPE:
        ended = true;
        break;
    default:
        if (code >= '1' && code < '1' + COLOURS)
            choose((int)code - '1');
        break;
    }
}

/* The pointer is at at_x, at_y: what that means depends on what is down. */
static void pointer_moved(void)
{
    if (buttons & 1)
        move_to(at_x, at_y, true);
}

static void button_changed(uint32_t now)
{
    bool pressed = (now & 1) && !(buttons & 1);
    buttons = now;
    if (!pressed)
        return;
    if (at_y < BOX && at_x < COLOURS * BOX) {
        choose(at_x / BOX);
        return;
    }
    move_to(at_x, at_y, false);
    stroke(at_x, at_y);
}

static void handle(uint32_t event)
{
    uint32_t code = input_code(event);
    switch (input_kind(event)) {
    case INPUT_KEY_DOWN:
        key_down(code);
        break;
    case INPUT_KEY_UP:
        space_down &= code != ' ';
        break;
    case INPUT_POINTER_X:
        at_x = (int)code;
        pointer_moved();
        break;
    case INPUT_POINTER_Y:
        at_y = (int)code;
        pointer_moved();
        break;
    case INPUT_BUTTONS:
        button_changed(code);
        break;
    }
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

/* How many pixels have each colour. */
static void say(void)
{
    uint32_t count[COLOURS] = {0};
    const uint8_t *pixels = (const uint8_t *)DISPLAY_PIXELS;
    for (uint32_t i = 0; i < DISPLAY_WIDTH * DISPLAY_HEIGHT; i++)
        count[pixels[i] % COLOURS]++;
    printf("paint:");
    for (int i = 0; i < COLOURS; i++)
        printf(" %u", count[i]);
    printf("\n");
}

int main(void)
{
    for (uint32_t i = 0; i < COLOURS; i++)
        display_palette(i, colours[i]);
    interrupt_connect(INTERRUPT_INPUT, input_interrupt);
    display_open();
    clear();
    interrupts_on();
    printf("paint: ready\n");
    while (!ended) {
        uint32_t event;
        wait_for_input();
        while (!ended && (event = input_next()))
            handle(event);
    }
    say();
    return 0;
}
