/* floating.c - floating point in double precision: a matrix product, and five bodies that attract each other. */
#include "work.h"

enum { ROUNDS = 200, SIDE = 32, BODIES = 5, STEPS = 900 };

struct body {
    double at[3], speed[3], mass;
};

static double a[SIDE][SIDE], b[SIDE][SIDE], product[SIDE][SIDE];
static struct body bodies[BODIES];

static double root(double square)
{
    double result;
    __asm__("fsqrt,dbl %1,%0" : "=f"(result) : "f"(square));
    return result;
}

static void multiply(void)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned k = 0; k < SIDE; k++) {
            double sum = 0;
            for (unsigned n = 0; n < SIDE; n++)
                sum += a[i][n] * b[n][k];
            product[i][k] = sum;
        }
}

static void attract(struct body *one, struct body *other, double time)
{
    double way[3], square = 0.01;
    for (unsigned i = 0; i < 3; i++) {
        way[i] = one->at[i] - other->at[i];
        square += way[i] * way[i];
    }
    double force = time / (square * root(square));
    for (unsigned i = 0; i < 3; i++) {
        one->speed[i] -= way[i] * other->mass * force;
        other->speed[i] += way[i] * one->mass * force;
    }
}

static void move(double time)
{
    for (unsigned i = 0; i < BODIES; i++)
        for (unsigned k = i + 1; k < BODIES; k++)
            attract(&bodies[i], &bodies[k], time);
    for (unsigned i = 0; i < BODIES; i++)
        for (unsigned k = 0; k < 3; k++)
            bodies[i].at[k] += bodies[i].speed[k] * time;
}

static uint32_t bits_of(double value)
{
    union {
        double value;
        uint32_t words[2];
    } both = {value};
    return both.words[0] ^ both.words[1];
}

uint32_t work(void)
{
    uint32_t random = 3, sum = 0;
    for (unsigned i = 0; i < SIDE * SIDE; i++) {
        a[i / SIDE][i % SIDE] = (double)(int32_t)next_random(&random) / 65536;
        b[i / SIDE][i % SIDE] = (double)(int32_t)next_random(&random) / 1048576;
    }
    for (unsigned i = 0; i < BODIES; i++)
        bodies[i] = (struct body){{i, i * 0.5, i * i * 0.25}, {0.125 * i, 0.25, -0.125 * i}, 1 + i};
    for (unsigned round = 0; round < ROUNDS; round++) {
        multiply();
        a[round % SIDE][1] = product[1][round % SIDE] / 65536;
        for (unsigned step = 0; step < STEPS / 5; step++)
            move(0.001);
        sum = sum * 31 + bits_of(product[3][4]) + bits_of(bodies[2].at[1]);
    }
    return sum;
}
