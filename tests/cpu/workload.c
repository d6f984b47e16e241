/* workload.c - a guest that does what common benchmarks do (lists, matrices, a state machine, CRC, sorting, strings),
 * prints a checksum and exits with 0 if it is the one computed by any other C compiler. ROUNDS scales it.
 */
#ifndef ROUNDS
#define ROUNDS 20
#endif

typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

struct node {
    struct node *next;
    short value, index;
};

static struct node nodes[128];
static int matrix_a[20][20], matrix_b[20][20], matrix_c[20][20];
static u8 text[512];
static u32 random_state = 12345;

static u32 next_random(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

static u16 crc16(u16 crc, u32 value)
{
    for (int i = 0; i < 32; i++) {
        int bit = (crc ^ value) & 1;
        crc >>= 1;
        if (bit)
            crc ^= 0xA001;
        value >>= 1;
    }
    return crc;
}

static struct node *build_list(void)
{
    for (int i = 0; i < 128; i++) {
        nodes[i].next = i < 127 ? &nodes[i + 1] : 0;
        nodes[i].value = (short)next_random();
        nodes[i].index = (short)i;
    }
    return nodes;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node head, *tail = &head;
    head.next = 0;
    while (a && b) {
        struct node **least = a->value <= b->value ? &a : &b;
        tail->next = *least;
        tail = *least;
        *least = (*least)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static struct node *sort(struct node *list)
{
    if (!list || !list->next)
        return list;
    struct node *slow = list, *fast = list->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct node *half = slow->next;
    slow->next = 0;
    return merge(sort(list), sort(half));
}

static u32 matrix_round(void)
{
    u32 sum = 0;
    for (int i = 0; i < 20; i++) {
        for (int j = 0; j < 20; j++) {
            matrix_a[i][j] = (int)next_random() % 100;
            matrix_b[i][j] = (int)next_random() % 100;
        }
    }
    for (int i = 0; i < 20; i++) {
        for (int j = 0; j < 20; j++) {
            int dot = 0;
            for (int k = 0; k < 20; k++)
                dot += matrix_a[i][k] * matrix_b[k][j];
            matrix_c[i][j] = dot;
            sum += (u32)dot;
        }
    }
    return sum;
}

static u32 state_machine(void)
{
    u32 counts[4] = {0, 0, 0, 0};
    int state = 0;
    for (unsigned i = 0; i < sizeof text; i++)
        text[i] = "0123456789+-.eE, xyz"[next_random() % 20];
    for (unsigned i = 0; i < sizeof text; i++) {
        switch (text[i]) {
        case '+':
        case '-':
            state = state == 0 ? 1 : 3;
            break;
        case '.':
            state = state == 2 ? 1 : 3;
            break;
        case 'e':
        case 'E':
            state = state == 2 ? 2 : 3;
            break;
        case ',':
        case ' ':
            state = 0;
            break;
        default:
            state = text[i] >= '0' && text[i] <= '9' ? 2 : 3;
            break;
        }
        counts[state]++;
    }
    return counts[0] ^ counts[1] << 8 ^ counts[2] << 16 ^ counts[3] << 24;
}

static u32 run(void)
{
    u16 crc = 0xFFFF;
    for (int round = 0; round < ROUNDS; round++) {
        for (struct node *n = sort(build_list()); n; n = n->next)
            crc = crc16(crc, (u32)(n->value << 16 | n->index));
        crc = crc16(crc, matrix_round());
        crc = crc16(crc, state_machine());
        u32 a = next_random(), b = next_random() - 0x800000;
        crc = crc16(crc, a / (u32)(round + 3) + b % (u32)(round + 7));
        crc = crc16(crc, (u32)((int)b / -(round + 3)) + (u32)((int)b % (round + 7)));
    }
    return crc;
}

#ifdef ON_HOST
#include <stdio.h>
int main(void)
{
    printf("%04x\n", run());
    return 0;
}
#else
static void put(char c)
{
    *(volatile char *)0xFFD05800u = c;
}
int main(void);
int main(void)
{
    u32 result = run();
    for (int shift = 12; shift >= 0; shift -= 4)
        put("0123456789abcdef"[result >> shift & 15]);
    put('\n');
    return 0;
}
#endif
