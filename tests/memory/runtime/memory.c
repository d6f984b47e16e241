/* memory.c - the debug and hard builds' memory: poisoned, and missing when a test wants it. The linker puts these
 * functions before the C library's (`--wrap`).
 *
 * What malloc and realloc give and what free takes is filled with a poison: UNDERSTUDY_POISON=BYTE, else 0xA5. Of more
 * than 128 KiB only the first and the last 64 KiB are: what is so large is filled from its start, and most runs use
 * little of it. With AddressSanitizer, which knows by itself what was freed, that is left as it is.
 * UNDERSTUDY_FAIL_ALLOCATION=N: the N-th allocation, counted from 1, finds no memory. UNDERSTUDY_ALLOCATIONS=FILE: how
 * many there were, when the program ends. UNDERSTUDY_FAIL_THREADS=1: no thread can be made.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The C library's, by the linker. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
void __wrap_free(void *memory);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg);

#ifdef US_SANITIZE
/* What LeakSanitizer is not to report. libdbus keeps what it has read of this machine's number, which SDL asks for when
 * it begins (SDL_Init), until its own shutdown, which SDL leaves to others: 1,032 bytes, once, and none of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libdbus-1.so\n";
}
#endif

static _Atomic uint64_t allocations;
static uint64_t failing; /* these do not change after the start */
static int poison = 0xA5;
static bool no_threads;

__attribute__((constructor)) static void begin(void)
{
    const char *byte = getenv("UNDERSTUDY_POISON"), *number = getenv("UNDERSTUDY_FAIL_ALLOCATION");
    poison = byte ? (int)strtoul(byte, NULL, 0) : poison;
    failing = number ? strtoull(number, NULL, 0) : 0;
    no_threads = getenv("UNDERSTUDY_FAIL_THREADS") != NULL;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("UNDERSTUDY_ALLOCATIONS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file && fprintf(file, "%ju\n", (uintmax_t)atomic_load(&allocations)))
        fclose(file);
}

enum { END_BYTES = 1 << 16 };

static void fill(void *memory, size_t size)
{
    if (size <= 2 * END_BYTES) {
        memset(memory, poison, size);
        return;
    }
    memset(memory, poison, END_BYTES);
    memset((char *)memory + size - END_BYTES, poison, END_BYTES);
}

static bool fails(void)
{
    if (atomic_fetch_add(&allocations, 1) + 1 != failing)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    void *memory = fails() ? NULL : __real_malloc(size);
    if (memory)
        fill(memory, size);
    return memory;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    size_t before = old ? malloc_usable_size(old) : 0;
    char *memory = fails() ? NULL : __real_realloc(old, size);
    if (memory && size > before)
        fill(memory + before, size - before);
    return memory;
}

char *__wrap_strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = __wrap_malloc(length + 1);
    if (copy)
        memcpy(copy, text, length);
    if (copy)
        copy[length] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, SIZE_MAX);
}

void __wrap_free(void *memory)
{
#ifndef US_SANITIZE
    if (memory)
        fill(memory, malloc_usable_size(memory));
#endif
    __asm__ volatile("" ::"r"(memory) : "memory"); /* the compiler knows what free is, and would leave that out */
    __real_free(memory);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg)
{
    return no_threads ? EAGAIN : __real_pthread_create(thread, attributes, start, arg);
}
