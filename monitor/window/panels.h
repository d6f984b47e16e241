/* panels.h - the parts of the picture, each made of the monitor's own queries. */
#ifndef US_MONITOR_WINDOW_PANELS_H
#define US_MONITOR_WINDOW_PANELS_H

#include "monitor/session/monitor.h"
#include "monitor/window/scene.h"
#include "monitor/window/view.h"

/* The whole picture of MONITOR, of VIEW's size; scene_free it. */
void picture_make(struct scene *scene, const struct monitor *monitor, const struct view *view);

/* In RECT: the guest's display or terminal; the computers, disk and channel; the time line, and the whole run. There is
 * a system with an image. */
int panel_guest_width(const struct scene *scene, const struct monitor *monitor, int height); /* how wide it would be */
void panel_guest(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect);
void panel_pair(struct scene *scene, const struct monitor *monitor, struct scene_rect rect);
void panel_time(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect);
void panel_run(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect);

/* The names of the regions that the mouse knows. */
#define REGION_GUEST "the guest"
#define REGION_RUN   "the whole run"
/* Buttons are "button run", ... */
#define REGION_BUTTON "button "

#endif
