/* json.h - write a JSON document (RFC 8259), one member a line, in the order of the calls.
 *
 *   json_open(&json, out, NULL, '{'); json_unsigned(&json, "status", 0); ... json_close(&json, '}');
 *
 * KEY is NULL for an element of a list and for the document itself. 64-bit digests go in as strings: many readers keep
 * only 53 bits of a number.
 */
#ifndef US_MONITOR_BASE_JSON_H
#define US_MONITOR_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    unsigned depth;
    bool filled; /* the innermost object or list has a member already */
};

void json_begin(struct json *json, FILE *out);
void json_open(struct json *json, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);                 /* '}' or ']'; the outermost also ends the line */
void json_string(struct json *json, const char *key, const char *text); /* NULL: null */
void json_unsigned(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_seconds(struct json *json, const char *key, double value); /* six decimals */

#endif
