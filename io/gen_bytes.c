/* gen_bytes.c - at build time: the bytes of a file as a C initializer, for what the program carries in itself.
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    int byte;
    if (!file) {
        fprintf(stderr, "usage: gen_bytes FILE\n");
        return EXIT_FAILURE;
    }
    for (unsigned column = 0; (byte = getc(file)) != EOF; column++)
        printf("%d,%c", byte, column % 20 == 19 ? '\n' : ' ');
    int bad = ferror(file);
    fclose(file);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
