/* disk.c - a driver for the disk controller that lives by Rules 0 to 3 (hardware manual section 7; WO 93/09494).
 *
 *   Rule 0  a command while not connected ends with error 1: connect, then issue it again.
 *   Rule 1  status 1: performed. It is done.
 *   Rule 2  concurrent commands go in any order: the caller's duty (disk.h).
 *   Rule 3  status 3: performed or not. Connect again, and issue the command again.
 *
 * One function, disk_service, looks at everything the controller may have changed and does what follows from it; it
 * never waits, so it serves as interrupt handler and as polling step alike. Always holds: a command block belongs to
 * the controller while its slot is ISSUED and its status is 0, and nothing in it is changed then.
 *
 * There are two connect blocks, because connecting while still connected is allowed (after a fail-over that leaves
 * commands uncertain but the connection alive) and ends the old block with status 3 when the new one completes.
 */
#include <understudy.h>

enum opcode { OP_CONNECT, OP_READ, OP_WRITE, OP_FLUSH, OP_DISCONNECT };

enum status { STATUS_PENDING, STATUS_COMPLETED, STATUS_ERROR, STATUS_DISCONNECTED };

enum detail {
    DETAIL_NOT_CONNECTED = 1,
    DETAIL_MEDIUM = 4,
    DETAIL_TOO_MANY = 5,
};

struct command {
    uint32_t opcode, tag, block, count, buffer;
    volatile uint32_t status, detail;
    uint32_t unused;
} __attribute__((aligned(32)));

enum slot_state {
    SLOT_FREE,
    SLOT_WAITING, /* to be issued (again) as soon as there is a connection */
    SLOT_ISSUED,  /* the controller has it */
    SLOT_ENDED,   /* result is known, nobody has waited for it yet */
};

struct slot {
    enum slot_state state;
    enum disk_result result;
    uint32_t tries; /* medium errors so far */
};

static struct {
    struct command commands[DISK_COMMANDS_MAX];
    struct command connects[2];
    struct command disconnect;
    struct slot slots[DISK_COMMANDS_MAX];
    unsigned connect;        /* the connect block used last */
    bool connected;          /* connects[connect] completed, as far as we have seen */
    bool connecting;         /* connects[connect ^ 1] is with the controller */
    uint32_t connect_errors; /* in a row */
    uint32_t interrupts, reissued;
} disk;

enum { CONNECT_ERRORS_MAX = 100 };

/* Hand COMMAND to the controller. The compiler must have stored it, and the data, before. */
static void issue(struct command *command)
{
    command->detail = 0;
    command->status = STATUS_PENDING;
    __asm__ volatile("" : : : "memory");
    store32(DISK_BASE + DISK_COMMAND, (uint32_t)command);
}

static void start_connecting(void)
{
    struct command *command = &disk.connects[disk.connect ^ 1];
    disk.connecting = true;
    command->opcode = OP_CONNECT;
    issue(command);
}

static void end_slot(unsigned index, enum disk_result result)
{
    disk.slots[index].state = SLOT_ENDED;
    disk.slots[index].result = result;
}

/* Did the connection come, or go? Returns true if it has to be made anew. */
static bool look_at_connection(void)
{
    if (disk.connecting) {
        const struct command *command = &disk.connects[disk.connect ^ 1];
        if (command->status == STATUS_PENDING)
            return false;
        disk.connecting = false;
        if (command->status == STATUS_COMPLETED) {
            disk.connect ^= 1;
            disk.connected = true;
            disk.connect_errors = 0;
            return false;
        }
        if (command->status == STATUS_ERROR)
            disk.connect_errors++;
        disk.connected = false;
        return true;
    }
    if (disk.connected && disk.connects[disk.connect].status != STATUS_COMPLETED)
        disk.connected = false;
    return !disk.connected;
}

/* The command in slot INDEX was ended by the controller. Returns true if its end says: connect again. */
static bool look_at_end(unsigned index)
{
    const struct command *command = &disk.commands[index];
    struct slot *slot = &disk.slots[index];
    if (command->status == STATUS_COMPLETED) {
        end_slot(index, DISK_OK);
        return false;
    }
    if (command->status == STATUS_DISCONNECTED) {
        slot->state = SLOT_WAITING;
        disk.reissued++;
        return true;
    }
    switch (command->detail) {
    case DETAIL_NOT_CONNECTED:
        slot->state = SLOT_WAITING;
        return true;
    case DETAIL_TOO_MANY:
        slot->state = SLOT_WAITING;
        return false;
    case DETAIL_MEDIUM:
        if (++slot->tries < DISK_TRIES)
            slot->state = SLOT_WAITING;
        else
            end_slot(index, DISK_MEDIUM_ERROR);
        return false;
    default:
        end_slot(index, (enum disk_result)command->detail);
        return false;
    }
}

/* Look at everything, and do what follows. Called with PSW[I] = 0. */
static void disk_service(void)
{
    bool connect = look_at_connection();
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
        if (disk.slots[i].state == SLOT_ISSUED && disk.commands[i].status != STATUS_PENDING && look_at_end(i))
            connect = true;
    }
    if (disk.connect_errors >= CONNECT_ERRORS_MAX) {
        for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
            if (disk.slots[i].state == SLOT_WAITING)
                end_slot(i, DISK_NO_CONNECTION);
        }
        return;
    }
    if (connect && !disk.connecting)
        start_connecting();
    if (disk.connecting)
        return; /* what is WAITING waits for the connection */
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
        if (disk.slots[i].state == SLOT_WAITING) {
            disk.slots[i].state = SLOT_ISSUED;
            issue(&disk.commands[i]);
        }
    }
}

static void disk_interrupt(unsigned interrupt)
{
    (void)interrupt;
    disk.interrupts++;
    disk_service();
}

/* Let something happen: called with PSW[I] = 0 after a look that found nothing; OLD is the caller's PSW[I]. While
 * polling only the disk's interrupt is enabled: any other that is pending would end every idle at once. */
static void pause_for_disk(uint32_t old)
{
    if (old & PSW_BIT_I) {
        idle();
        interrupts_on(); /* the handler runs here */
        interrupts_off();
    } else {
        uint32_t eiem = interrupts_enabled();
        interrupts_enable(interrupt_mask(INTERRUPT_DISK));
        idle();
        interrupts_enable(eiem);
        interrupts_clear(interrupt_mask(INTERRUPT_DISK));
        disk_service();
    }
}

uint32_t disk_open(void)
{
    uint32_t capacity = load32(DISK_BASE + DISK_CAPACITY);
    if (capacity == 0)
        return 0;
    uint32_t old = interrupts_off();
    if (!disk.connected && !disk.connecting) {
        disk.connect_errors = 0;
        interrupt_connect(INTERRUPT_DISK, disk_interrupt);
        start_connecting();
    }
    interrupts_restore(old);
    return capacity;
}

void disk_close(void)
{
    for (int slot = 0; slot < DISK_COMMANDS_MAX; slot++) {
        if (disk.slots[slot].state != SLOT_FREE)
            disk_wait(slot);
    }
    uint32_t old = interrupts_off();
    disk.disconnect.opcode = OP_DISCONNECT;
    issue(&disk.disconnect); /* any end of it leaves us disconnected */
    for (;;) {
        interrupts_clear(interrupt_mask(INTERRUPT_DISK));
        if (disk.disconnect.status != STATUS_PENDING)
            break;
        idle();
    }
    interrupt_connect(INTERRUPT_DISK, NULL);
    disk.connected = false;
    disk.connecting = false;
    interrupts_restore(old);
}

/* A slot for a new command. Issued at once if there is a connection and no doubt about it. */
static int start(enum opcode opcode, uint32_t block, uint32_t count, uint32_t buffer)
{
    uint32_t old = interrupts_off();
    int index = 0;
    while (index < DISK_COMMANDS_MAX && disk.slots[index].state != SLOT_FREE)
        index++;
    if (index == DISK_COMMANDS_MAX) {
        index = -1;
    } else {
        struct command *command = &disk.commands[index];
        command->opcode = opcode;
        command->tag = (uint32_t)index;
        command->block = block;
        command->count = count;
        command->buffer = buffer;
        disk.slots[index] = (struct slot){.state = SLOT_WAITING};
        if (disk.connected && !disk.connecting) {
            disk.slots[index].state = SLOT_ISSUED;
            issue(command);
        }
    }
    interrupts_restore(old);
    return index;
}

int disk_start_read(uint32_t block, uint32_t count, void *buffer)
{
    return start(OP_READ, block, count, (uint32_t)buffer);
}

int disk_start_write(uint32_t block, uint32_t count, const void *buffer)
{
    return start(OP_WRITE, block, count, (uint32_t)buffer);
}

int disk_start_flush(void)
{
    return start(OP_FLUSH, 0, 0, 0);
}

bool disk_done(int slot)
{
    uint32_t old = interrupts_off();
    if (!(old & PSW_BIT_I)) {
        interrupts_clear(interrupt_mask(INTERRUPT_DISK));
        disk_service();
    }
    bool done = disk.slots[slot].state == SLOT_ENDED;
    interrupts_restore(old);
    return done;
}

enum disk_result disk_wait(int slot)
{
    uint32_t old = interrupts_off();
    while (disk.slots[slot].state != SLOT_ENDED)
        pause_for_disk(old);
    enum disk_result result = disk.slots[slot].result;
    disk.slots[slot].state = SLOT_FREE;
    __asm__ volatile("" : : : "memory"); /* a read's data are looked at after this */
    interrupts_restore(old);
    return result;
}

int disk_wait_any(void)
{
    int found = -1;
    uint32_t old = interrupts_off();
    for (;;) {
        bool running = false;
        for (int i = 0; i < DISK_COMMANDS_MAX && found < 0; i++) {
            if (disk.slots[i].state == SLOT_ENDED)
                found = i;
            else if (disk.slots[i].state != SLOT_FREE)
                running = true;
        }
        if (found >= 0 || !running)
            break;
        pause_for_disk(old);
    }
    interrupts_restore(old);
    return found;
}

/* Start a command even if all slots are taken, which another part of the program must then free. */
static enum disk_result perform(enum opcode opcode, uint32_t block, uint32_t count, uint32_t buffer)
{
    int slot;
    while ((slot = start(opcode, block, count, buffer)) < 0)
        pause_for_disk(PSW_BIT_I);
    return disk_wait(slot);
}

enum disk_result disk_read(uint32_t block, uint32_t count, void *buffer)
{
    return perform(OP_READ, block, count, (uint32_t)buffer);
}

enum disk_result disk_write(uint32_t block, uint32_t count, const void *buffer)
{
    return perform(OP_WRITE, block, count, (uint32_t)buffer);
}

enum disk_result disk_flush(void)
{
    return perform(OP_FLUSH, 0, 0, 0);
}

uint32_t disk_interrupts_taken(void)
{
    return disk.interrupts;
}

uint32_t disk_reissued(void)
{
    return disk.reissued;
}
