/* perturb.h - put before every source of the presets `perturb` and `tsan`: what threads share may be slow.
 *
 * Each atomic operation, lock, condition and thread creation gets a place before it and one after it, at which the
 * thread may spin, yield or sleep: perturb.c, by the seed in the environment. The sources stay as they are. What is not
 * wrapped here is poisoned, so that the build fails instead of leaving a place out.
 */
#ifndef US_TESTS_PERTURB_H
#define US_TESTS_PERTURB_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

/* This thread is at the place LINE of FILE. */
void perturb_here(const char *file, unsigned line);
/* Does a condition wake for nothing this time? */
bool perturb_wakes_for_nothing(const char *file, unsigned line);
int perturb_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg);

#define PERTURB_HERE() perturb_here(__FILE__, __LINE__)
#define PERTURB_VALUE(operation)                                                                                       \
    __extension__({                                                                                                    \
        PERTURB_HERE();                                                                                                \
        __auto_type perturb_value = (operation);                                                                       \
        PERTURB_HERE();                                                                                                \
        perturb_value;                                                                                                 \
    })
#define PERTURB_VOID(operation)                                                                                        \
    __extension__({                                                                                                    \
        PERTURB_HERE();                                                                                                \
        (operation);                                                                                                   \
        PERTURB_HERE();                                                                                                \
    })

/* ---- atomic operations: of <stdatomic.h>, by the compiler's own names ---- */

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and
#undef atomic_fetch_and_explicit
#undef atomic_fetch_xor
#undef atomic_fetch_xor_explicit
#undef atomic_thread_fence
#undef atomic_flag_test_and_set
#undef atomic_flag_test_and_set_explicit
#undef atomic_flag_clear
#undef atomic_flag_clear_explicit

#if defined(__clang__)
#define PERTURB_LOAD(p, order)                 __c11_atomic_load(p, order)
#define PERTURB_STORE(p, value, order)         __c11_atomic_store(p, value, order)
#define PERTURB_EXCHANGE(p, value, order)      __c11_atomic_exchange(p, value, order)
#define PERTURB_FETCH(what, p, value, order)   __c11_atomic_fetch_##what(p, value, order)
#define PERTURB_STRONG(p, was, value, yes, no) __c11_atomic_compare_exchange_strong(p, was, value, yes, no)
#define PERTURB_WEAK(p, was, value, yes, no)   __c11_atomic_compare_exchange_weak(p, was, value, yes, no)
#define PERTURB_FENCE(order)                   __c11_atomic_thread_fence(order)
#else
#define PERTURB_LOAD(p, order)                 __atomic_load_n(p, order)
#define PERTURB_STORE(p, value, order)         __atomic_store_n(p, value, order)
#define PERTURB_EXCHANGE(p, value, order)      __atomic_exchange_n(p, value, order)
#define PERTURB_FETCH(what, p, value, order)   __atomic_fetch_##what(p, value, order)
#define PERTURB_STRONG(p, was, value, yes, no) __atomic_compare_exchange_n(p, was, value, false, yes, no)
#define PERTURB_WEAK(p, was, value, yes, no)   __atomic_compare_exchange_n(p, was, value, true, yes, no)
#define PERTURB_FENCE(order)                   __atomic_thread_fence(order)
#endif

#define atomic_load_explicit(p, order)            PERTURB_VALUE(PERTURB_LOAD(p, order))
#define atomic_store_explicit(p, value, order)    PERTURB_VOID(PERTURB_STORE(p, value, order))
#define atomic_exchange_explicit(p, value, order) PERTURB_VALUE(PERTURB_EXCHANGE(p, value, order))
#define atomic_compare_exchange_strong_explicit(p, was, value, yes, no)                                                \
    PERTURB_VALUE(PERTURB_STRONG(p, was, value, yes, no))
#define atomic_compare_exchange_weak_explicit(p, was, value, yes, no)                                                  \
    PERTURB_VALUE(PERTURB_WEAK(p, was, value, yes, no))
#define atomic_fetch_add_explicit(p, value, order) PERTURB_VALUE(PERTURB_FETCH(add, p, value, order))
#define atomic_fetch_sub_explicit(p, value, order) PERTURB_VALUE(PERTURB_FETCH(sub, p, value, order))
#define atomic_fetch_or_explicit(p, value, order)  PERTURB_VALUE(PERTURB_FETCH(or, p, value, order))
#define atomic_fetch_and_explicit(p, value, order) PERTURB_VALUE(PERTURB_FETCH(and, p, value, order))
#define atomic_fetch_xor_explicit(p, value, order) PERTURB_VALUE(PERTURB_FETCH(xor, p, value, order))
#define atomic_thread_fence(order)                 PERTURB_VOID(PERTURB_FENCE(order))

#define atomic_load(p)            atomic_load_explicit(p, memory_order_seq_cst)
#define atomic_store(p, value)    atomic_store_explicit(p, value, memory_order_seq_cst)
#define atomic_exchange(p, value) atomic_exchange_explicit(p, value, memory_order_seq_cst)
#define atomic_compare_exchange_strong(p, was, value)                                                                  \
    atomic_compare_exchange_strong_explicit(p, was, value, memory_order_seq_cst, memory_order_seq_cst)
#define atomic_compare_exchange_weak(p, was, value)                                                                    \
    atomic_compare_exchange_weak_explicit(p, was, value, memory_order_seq_cst, memory_order_seq_cst)
#define atomic_fetch_add(p, value) atomic_fetch_add_explicit(p, value, memory_order_seq_cst)
#define atomic_fetch_sub(p, value) atomic_fetch_sub_explicit(p, value, memory_order_seq_cst)
#define atomic_fetch_or(p, value)  atomic_fetch_or_explicit(p, value, memory_order_seq_cst)
#define atomic_fetch_and(p, value) atomic_fetch_and_explicit(p, value, memory_order_seq_cst)
#define atomic_fetch_xor(p, value) atomic_fetch_xor_explicit(p, value, memory_order_seq_cst)

/* ---- threads ---- */

#define pthread_create(thread, attributes, start, arg) PERTURB_VALUE(perturb_create(thread, attributes, start, arg))
#define pthread_join(thread, result)                   PERTURB_VALUE((pthread_join)(thread, result))
#define pthread_mutex_lock(mutex)                      PERTURB_VALUE((pthread_mutex_lock)(mutex))
#define pthread_mutex_trylock(mutex)                   PERTURB_VALUE((pthread_mutex_trylock)(mutex))
#define pthread_mutex_unlock(mutex)                    PERTURB_VALUE((pthread_mutex_unlock)(mutex))
#define pthread_cond_signal(cond)                      PERTURB_VALUE((pthread_cond_signal)(cond))
#define pthread_cond_broadcast(cond)                   PERTURB_VALUE((pthread_cond_broadcast)(cond))
#define pthread_cond_wait(cond, m)                     PERTURB_VALUE(PERTURB_WAIT(m, (pthread_cond_wait)(cond, m)))
#define pthread_cond_timedwait(cond, lock, until)                                                                      \
    PERTURB_VALUE(PERTURB_WAIT(lock, (pthread_cond_timedwait)(cond, lock, until)))
/* A condition may wake for nothing; its lock is free meanwhile, as ever. */
#define PERTURB_WAIT(lock, wait)                                                                                       \
    (perturb_wakes_for_nothing(__FILE__, __LINE__) ? (pthread_mutex_unlock(lock), pthread_mutex_lock(lock)) : (wait))
#define sched_yield() PERTURB_VALUE((sched_yield)())

#pragma GCC poison atomic_flag_test_and_set atomic_flag_test_and_set_explicit atomic_flag_clear
#pragma GCC poison pthread_cond_clockwait pthread_mutex_timedlock pthread_once pthread_detach pthread_barrier_wait
#pragma GCC poison pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_rwlock_unlock pthread_spin_lock
#pragma GCC poison thrd_create mtx_lock cnd_wait cnd_signal cnd_broadcast call_once

#endif
