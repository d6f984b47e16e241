/* smoke.c - a fuzz target without libFuzzer: the target over inputs made from a seed, whole, damaged and cut.
 *
 *     smoke_NAME [--seed N] [--inputs N] [--write FOLDER] [FILE...]
 *
 * FILEs (a finding of libFuzzer's) are run instead of drawn inputs. --write puts the drawn ones into FOLDER, as
 * libFuzzer's first corpus. It ends with 0, or by the assertion that failed; the input's number is printed before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* The target gets memory of exactly the input's size, so that a sanitizer sees every byte beyond it. */
static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static size_t draw(struct insn_random *random, uint8_t *bytes)
{
    size_t size = insn_random_below(random, 16) ? fuzz_make(random, bytes) : insn_random_below(random, 256);
    if (insn_random_below(random, 3) == 0)
        return size;
    for (unsigned n = insn_random_below(random, 6); n > 0 && size > 0; n--)
        bytes[insn_random_below(random, (uint32_t)size)] ^= (uint8_t)(1u << insn_random_below(random, 8));
    if (size && insn_random_below(random, 4) == 0)
        bytes[insn_random_below(random, (uint32_t)size)] = (uint8_t)insn_random_bits(random);
    return insn_random_below(random, 8) ? size : insn_random_below(random, (uint32_t)size + 1);
}

static int write_input(const char *folder, uint64_t number, const uint8_t *bytes, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/made-%" PRIu64, folder, number);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        fprintf(stderr, "smoke: %s cannot be written\n", path);
        return 2;
    }
    return 0;
}

static int run_file(const char *path)
{
    static const size_t room = 1 << 20;
    uint8_t *bytes = malloc(room);
    FILE *file = fopen(path, "rb");
    int status = 0;
    if (bytes && file) {
        printf("%s\n", path);
        run(bytes, fread(bytes, 1, room, file));
    } else {
        fprintf(stderr, "smoke: %s cannot be read\n", path);
        status = 2;
    }
    if (file)
        fclose(file);
    free(bytes);
    return status;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, inputs = 200;
    const char *folder = NULL;
    int files = 0, status = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc && !status; i++) {
        if (i + 1 < argc && !strcmp(argv[i], "--seed"))
            seed = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--inputs"))
            inputs = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--write"))
            folder = argv[++i];
        else {
            files++;
            status = run_file(argv[i]);
        }
    }
    if (files || status)
        return status;
    printf("seed %" PRIu64 ", %" PRIu64 " inputs\n", seed, inputs);
    uint8_t bytes[FUZZ_INPUT_MAX] = {0};
    for (uint64_t i = 0; i < inputs && !status; i++) {
        struct insn_random random = {seed + i};
        size_t size = draw(&random, bytes);
        if (i % 100 == 0)
            printf("--seed %" PRIu64 " ...\n", seed + i);
        if (folder)
            status = write_input(folder, seed + i, bytes, size);
        else
            run(bytes, size);
    }
    if (!status)
        printf("%" PRIu64 " inputs %s\n", inputs, folder ? "written" : "survived");
    return status;
}
