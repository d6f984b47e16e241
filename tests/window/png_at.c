/* png_at.c - png_at FILE: its width and height; png_at FILE X Y: the colour there, "#rrggbb"; png_at FILE X Y WIDTH
 * HEIGHT: how many colours there are in that rectangle. For tests that judge a picture by its content.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

static void count_colours(const png_image *image, const png_byte *rows, unsigned x, unsigned y, unsigned width,
                         unsigned height)
{
    unsigned char *seen = calloc(1, 1 << 24);
    unsigned count = 0;
    for (unsigned row = y; row < y + height && row < image->height; row++)
        for (unsigned column = x; column < x + width && column < image->width; column++) {
            const png_byte *at = rows + 3 * ((size_t)row * image->width + column);
            unsigned colour = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
            count += seen && !seen[colour];
            if (seen)
                seen[colour] = 1;
        }
    free(seen);
    printf("%u\n", count);
}

int main(int argc, char **argv)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (argc < 2 || !png_image_begin_read_from_file(&image, argv[1])) {
        fprintf(stderr, "png_at: %s\n", argc < 2 ? "a file is wanted" : image.message);
        return 2;
    }
    image.format = PNG_FORMAT_RGB;
    png_byte *rows = malloc(PNG_IMAGE_SIZE(image));
    if (!rows || !png_image_finish_read(&image, NULL, rows, 0, NULL)) {
        fprintf(stderr, "png_at: %s\n", image.message);
        return 2;
    }
    unsigned number[4] = {0};
    for (int i = 2; i < argc && i < 6; i++)
        number[i - 2] = (unsigned)strtoul(argv[i], NULL, 10);
    if (argc == 2) {
        printf("%ux%u\n", image.width, image.height);
    } else if (argc == 6) {
        count_colours(&image, rows, number[0], number[1], number[2], number[3]);
    } else if (number[0] < image.width && number[1] < image.height) {
        const png_byte *at = rows + 3 * ((size_t)number[1] * image.width + number[0]);
        printf("#%02x%02x%02x\n", at[0], at[1], at[2]);
    }
    free(rows);
    return 0;
}
