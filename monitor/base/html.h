/* html.h - text in an HTML page, whatever is in it. */
#ifndef US_MONITOR_BASE_HTML_H
#define US_MONITOR_BASE_HTML_H

#include <stddef.h>
#include <stdio.h>

/* SIZE bytes of TEXT, so that the page shows them and no part of them is markup: control characters are the pictures
 * that Unicode has for them, bytes that are no UTF-8 are \xHH. Line feeds and tabs stay; a carriage return before a
 * line feed is left out. */
void html_put(FILE *out, const char *text, size_t size);
/* The same with a text that ends with a NUL. */
void html_text(FILE *out, const char *text);

#endif
