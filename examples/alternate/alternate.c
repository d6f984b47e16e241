/* alternate.c - the kernel: its one program's interruptions, system calls and translation (alternate.h).
 *
 * The program runs at level 3, translated, with PSW[R] = 1; the kernel in absolute mode at level 0 with PSW[I] and
 * PSW[R] 0. The first computer is the primary, the second the backup: one image, and the channel port says which.
 */
#include "alternate.h"

#define PSW_C    UINT32_C(0x00040000)
#define PSW_R    UINT32_C(0x00000010)
#define PSW_D    UINT32_C(0x00000002)
#define USER_PSW (PSW_C | PSW_R | PSW_BIT_Q | PSW_D | PSW_BIT_I)

enum { PAGE_BYTES = 4096, LEVEL_USER = 3, STACK_BYTES = 8192 };

/* From the linker script, and the program's first instruction (user_calls.S). */
extern char __user_text_start[], __user_text_end[], __user_data_start[], __user_data_end[], $global$[];
extern const uint32_t user_entry, user_stack;

static struct process the_process;

struct process *process(void)
{
    return &the_process;
}

/* ---- translation: the program's pages are where they are, in space 0 ---- */

static bool is_data(uint32_t address)
{
    return address >= (uint32_t)__user_data_start && address < (uint32_t)__user_data_end;
}

static bool is_text(uint32_t address)
{
    return address >= (uint32_t)__user_text_start && address < (uint32_t)__user_text_end;
}

/* The program's own bytes, to be read or written by the kernel for it? */
static bool is_own(uint32_t address, uint32_t bytes, bool written)
{
    uint32_t last = address + (bytes ? bytes - 1 : 0);
    if (last < address)
        return false;
    return (is_data(address) && is_data(last)) || (!written && is_text(address) && is_text(last));
}

static void end_program(uint32_t status);

/* Which entries the hardware's TLB has is each computer's own affair: a miss costs the program no counted instruction.
 */
static void tlb_miss(struct interruption_frame *frame)
{
    bool code = frame->vector == 6;
    uint32_t page = (code ? frame->iaoq[0] : frame->ior) & -(uint32_t)PAGE_BYTES;
    /* Operands of IxTLBA and IxTLBP: read and execute (type 2) or read and write (type 1) for level 3, D bit. */
    uint32_t address = page >> 12 << 5;
    uint32_t rights = (is_text(page) ? UINT32_C(0x02F00000) : UINT32_C(0x01F00000)) | UINT32_C(0x10000000);
    if (!is_text(page) && !is_data(page))
        end_program(128 + frame->vector);
    __asm__ volatile("mtsp %%r0,%%sr1" : : : "memory");
    if (code)
        __asm__ volatile("iitlba %0,(%%sr1,%2)\n\tiitlbp %1,(%%sr1,%2)" : : "r"(address), "r"(rights), "r"(page));
    else
        __asm__ volatile("idtlba %0,(%%sr1,%2)\n\tidtlbp %1,(%%sr1,%2)" : : "r"(address), "r"(rights), "r"(page));
}

/* ---- system calls ---- */

static void end_program(uint32_t status)
{
    if (is_live())
        send_off(epoch_now(), status);
    else if (!received_off())
        power_off(STATUS_DIFFER); /* the primary did not end here */
    power_off(status);
}

static uint32_t call_write(const char *bytes, uint32_t count)
{
    if (!is_own((uint32_t)bytes, count, false))
        return UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (is_live())
            console_put(bytes[i]);
        the_process.shown++;
    }
    return count;
}

/* The program waits for what only an interrupt can bring: the epoch ends here, on both computers. */
static void wait_for_interrupt(const struct interruption_frame *frame)
{
    epoch_await_interrupt();
    epoch_end(frame);
}

static uint32_t call_read(const struct interruption_frame *frame)
{
    struct process *p = &the_process;
    uint32_t taken = 0, count = frame->gr[25];
    uint8_t *bytes = (uint8_t *)frame->gr[26];
    if (!is_own((uint32_t)bytes, count, true))
        return UINT32_MAX;
    while (!p->input_count)
        wait_for_interrupt(frame);
    for (; taken < count && p->input_count; taken++) {
        bytes[taken] = p->input[p->input_first];
        p->input_first = (p->input_first + 1) % INPUT_BYTES;
        p->input_count--;
    }
    return taken;
}

static uint32_t call_disk(const struct interruption_frame *frame)
{
    uint32_t count = frame->gr[24];
    if (count > SLOT_BLOCKS_MAX || !is_own(frame->gr[23], count * DISK_BLOCK_BYTES, true))
        return UINT32_MAX;
    return (uint32_t)driver_command(frame->gr[26], frame->gr[25], count, frame->gr[23]);
}

static uint32_t call_disk_wait(const struct interruption_frame *frame)
{
    uint32_t result;
    if (frame->gr[26] >= SLOTS)
        return UINT32_MAX;
    while (!driver_ended(frame->gr[26], &result))
        wait_for_interrupt(frame);
    return result;
}

/* An environment value: the primary's clock, never backwards; at the backup, what [E, Val] says. */
static uint64_t environment_time(void)
{
    uint64_t value;
    if (is_live()) {
        struct world_time now = world_clock();
        value = (uint64_t)now.seconds * 1000000 + now.nanoseconds / 1000;
        if (value < the_process.last_time)
            value = the_process.last_time;
        send_value(epoch_now(), value);
    } else if (!receive_value(&value)) {
        power_off(STATUS_DIFFER);
    }
    the_process.last_time = value;
    return value;
}

static void system_call(struct interruption_frame *frame)
{
    uint64_t value;
    uint32_t number = frame->iir >> 13 & 0x1FFF;
    frame->iaoq[0] = frame->iaoq[1]; /* after the BREAK */
    frame->iaoq[1] += 4;
    switch (number) {
    case CALL_EXIT:
        end_program(frame->gr[26]);
        break;
    case CALL_WRITE:
        frame->gr[28] = call_write((const char *)frame->gr[26], frame->gr[25]);
        break;
    case CALL_READ:
        frame->gr[28] = call_read(frame);
        break;
    case CALL_DISK:
        frame->gr[28] = call_disk(frame);
        break;
    case CALL_DISK_WAIT:
        frame->gr[28] = call_disk_wait(frame);
        break;
    case CALL_TIME:
        value = environment_time();
        frame->gr[28] = (uint32_t)value;
        frame->gr[29] = (uint32_t)(value >> 32);
        break;
    case CALL_DRAIN: /* figure 6: what hardware and kernel hold is given to the program now */
        epoch_deliver_traps();
        frame->gr[28] = the_process.v2;
        frame->gr[29] = the_process.v1;
        the_process.v1 = the_process.v2 = 0;
        break;
    default:
        frame->gr[28] = UINT32_MAX;
    }
}

/* ---- interruptions ---- */

/* The kernel's own BREAK: become the program. At the backup it begins when [end, 1] has come. */
static void enter_program(struct interruption_frame *frame)
{
    memset(frame->gr, 0, sizeof frame->gr);
    frame->iasq[0] = frame->iasq[1] = 0;
    frame->iaoq[0] = user_entry | LEVEL_USER;
    frame->iaoq[1] = (user_entry + 4) | LEVEL_USER;
    frame->ipsw = USER_PSW;
    frame->gr[27] = (uint32_t)$global$;
    frame->gr[30] = user_stack;
    epoch_start();
    driver_start();
    if (!is_live())
        epoch_end(frame);
}

static void kernel(struct interruption_frame *frame)
{
    epoch_buffer_traps(); /* entering the kernel has flushed the hardware's trap buffer */
    switch (frame->vector) {
    case 3: /* recovery counter */
        epoch_end(frame);
        break;
    case VECTOR_EXTERNAL:
        epoch_look_at_hardware();
        break;
    case VECTOR_BREAK:
        if (frame->ipsw & PSW_C)
            system_call(frame);
        else
            enter_program(frame);
        break;
    case VECTOR_DELAYED_TRAP: /* buffered above */
        break;
    default:
        end_program(128 + frame->vector);
    }
}

int main(void)
{
    for (unsigned vector = 3; vector < VECTORS; vector++)
        interruption_connect(vector, vector == 6 || vector == 15 ? tlb_miss : kernel);
    __asm__ volatile("pdtlbe %%r0(%%sr1,%%r0)\n\tpitlbe %%r0(%%sr1,%%r0)" : : : "memory");
    dtu_enable(true);
    dtu_set_delayed(DTU_OVERFLOW);
    dtu_set_held(0);
    __asm__ volatile("break 0,0" : : : "memory");
    return 1;
}
