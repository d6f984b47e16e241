/* scene_bytes.h - a scene as bytes, from a process that has the system to the one that has the window. Both are of one
 * program: the bytes are those of its own structs.
 */
#ifndef US_MONITOR_WINDOW_SCENE_BYTES_H
#define US_MONITOR_WINDOW_SCENE_BYTES_H

#include <stddef.h>

#include "monitor/window/scene.h"

void scene_write(const struct scene *scene, FILE *out);
/* The scene that is written in the SIZE bytes at BYTES; DISPLAY becomes the guest's display that it shows, if it does,
 * and lives, with BYTES, as long as SCENE, which is to be freed in either case. False: they are none. */
bool scene_read(struct scene *scene, struct display *display, const void *bytes, size_t size);

#endif
