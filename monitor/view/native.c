/* native.c - see native.h. objdump reads from memory that has no name, so no file is made. x86-64 is the one host that
 * has a translator. */
#include "monitor/view/native.h"

#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CODE_FD = 3 };

static bool start(int code_fd, size_t offset, pid_t *child, int *fd)
{
    extern char **environ;
    char program[] = "objdump", all[] = "-D", binary[] = "--target=binary", bare[] = "--no-show-raw-insn",
         machine[] = "--architecture=i386:x86-64", file[] = "/proc/self/fd/3", where[64];
    char *const words[] = {program, all, binary, machine, bare, where, file, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    snprintf(where, sizeof where, "--adjust-vma=%zu", offset);
    if (pipe(ends))
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
    posix_spawn_file_actions_adddup2(&actions, code_fd, CODE_FD);
    int failed = posix_spawnp(child, program, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *fd = ends[0];
    if (failed)
        close(ends[0]);
    return !failed;
}

/* What objdump says of the code in CODE_FD: its lines of instructions. False: it says nothing. */
static bool print_objdump(FILE *out, int code_fd, size_t offset)
{
    pid_t child;
    int fd;
    char line[256];
    bool any = false;
    if (!start(code_fd, offset, &child, &fd))
        return false;
    FILE *in = fdopen(fd, "r");
    while (in && fgets(line, sizeof line, in)) {
        const char *text = strchr(line, '\t');
        if (line[0] != ' ' || !text)
            continue;
        fprintf(out, "        %s", line + strspn(line, " "));
        any = true;
    }
    if (in)
        fclose(in);
    else
        close(fd);
    waitpid(child, NULL, 0);
    return any;
}

void native_print(FILE *out, const uint8_t *code, size_t size_bytes, size_t offset)
{
    int code_fd = memfd_create("code", MFD_CLOEXEC);
    bool printed =
        code_fd >= 0 && write(code_fd, code, size_bytes) == (ssize_t)size_bytes && print_objdump(out, code_fd, offset);
    if (code_fd >= 0)
        close(code_fd);
    if (printed)
        return;
    fprintf(out, "        %zx:\t", offset);
    for (size_t i = 0; i < size_bytes; i++)
        fprintf(out, "%02x", code[i]);
    fprintf(out, "\n");
}
