/* window.h - the window of a session: the guest, the pair and the time line in one picture, live by SDL2 or on a
 * surface that nobody sees. What it shows are the monitor's own queries; what it does are the monitor's commands, which
 * it prints.
 *
 * It has no state of the system, and stands above the session, which calls it while the guest runs and while a person
 * is at the prompt (struct monitor_watcher). It may use session/, view/ and image/; the table of commands is reached by
 * monitor_execute.
 */
#ifndef US_MONITOR_WINDOW_WINDOW_H
#define US_MONITOR_WINDOW_WINDOW_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "monitor/session/monitor.h"

struct window;

enum { WINDOW_EPOCHS_MOST = 1000 };

/* That of MONITOR, which frees it; made closed when it is asked for first. */
struct window *window_of(struct monitor *monitor);

/* Be a client of the screen from now on to the end of the process, which opens no window itself: for processes that
 * will. (A server that the last client leaves begins anew, and takes nobody meanwhile.) False with one line in ERROR:
 * no window can be opened; no screen, no font, built without SDL2. */
bool window_hold_screen(struct error *error);
/* Open it on the screen, or bring it up. False with one line in ERROR: no screen, no font, built without SDL2. */
bool window_open(struct window *window, struct error *error);
void window_close(struct window *window);
/* Open and with a guest that can run: run it, and do what is done at the window, until the run has ended or the window
 * is closed. False: a Ctrl-C or another signal ended that. */
bool window_run(struct window *window);
/* The picture's size in pixels from now on, open or not; at most VIEW_MOST. */
bool window_size(struct window *window, uint64_t width, uint64_t height, struct error *error);
void window_dark(struct window *window, bool dark);
/* So many epochs on the time line, at most WINDOW_EPOCHS_MOST. */
void window_epochs(struct window *window, unsigned epochs);
/* Letters of the font file PATH. False with one line in ERROR. */
bool window_font(struct window *window, const char *path, struct error *error);
/* As if the key NAME were pressed: a character, or a name of io/input_event.h. False with one line in ERROR. */
bool window_press(struct window *window, const char *name, struct error *error);
/* As if the pointer were pressed at X, Y and let go at TO_X, TO_Y. False with one line in ERROR: it is not open. */
bool window_drag(struct window *window, int x, int y, int to_x, int to_y, struct error *error);
/* How many pictures were drawn while the guest ran under the open window, and in which time of the host: one line. */
void window_frames(const struct window *window, FILE *out);
/* Every region of the picture with its words. */
void window_describe(struct window *window, FILE *out);
/* The picture as a PNG file: *BYTES is to be freed. False with one line in ERROR. */
bool window_screenshot(struct window *window, uint8_t **bytes, size_t *size, struct error *error);
/* What there is of it in this build: "window: SDL 2.26.5, ...", one line. */
void window_version(FILE *out);

#endif
