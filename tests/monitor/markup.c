/* markup.c - a guest that prints what would be markup in a page, a colour, and a byte that is no text. */
#include <understudy.h>

int main(void)
{
    printf("</pre><script>alert(\"1\")</script>&amp;<img src=x onerror='alert(2)'>\n\x1b[31mred\xff\n");
    return 0;
}
