/* say.c - a person at a node's monitor: say LINE... at the socket PATH, print each answer, which an empty line ends.
 * Usage: say PATH LINE...
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", argc > 1 ? argv[1] : "");
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at)) {
        perror(at.sun_path);
        return 2;
    }
    FILE *in = fdopen(fd, "r");
    for (int i = 2; in && i < argc; i++) {
        char line[1024];
        dprintf(fd, "%s\n", argv[i]);
        while (fgets(line, sizeof line, in) && *line != '\n')
            fputs(line, stdout);
    }
    if (in)
        fclose(in);
    return 0;
}
