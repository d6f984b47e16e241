/* scene.h - what is on the window, before it is drawn: regions with names, and in each of them rectangles, lines and
 * words. It is made anew from the monitor's own queries whenever it is wanted, and kept nowhere.
 *
 * The one description serves the drawing (paint.h), the mouse, which asks which region it is in, and `window describe`,
 * which prints the words of every region: what a screen reader is told is what is drawn. What only a drawing can show
 * has words that are not drawn beside it (scene_say).
 *
 * Text stands in cells of one size; the whole scene is laid out in them, so no font is needed to make it.
 */
#ifndef US_MONITOR_WINDOW_SCENE_H
#define US_MONITOR_WINDOW_SCENE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "io/display.h"
#include "mmu/base/vec.h"

/* What a colour is for; colours.h says which it is. */
enum scene_colour {
    COLOUR_BACK,    /* behind everything */
    COLOUR_PANEL,   /* behind a region's words */
    COLOUR_TEXT,    /* words */
    COLOUR_QUIET,   /* words of less weight, lines */
    COLOUR_LIVE,    /* the acting primary, and what it does */
    COLOUR_BACKUP,  /* the other one; what is suppressed */
    COLOUR_FAILED,  /* a failure, and what comes of it */
    COLOUR_MESSAGE, /* messages */
    COLOUR_FOCUS,   /* what the keyboard speaks to; the cursor in time */
    COLOUR_PAPER,   /* of the guest's terminal */
    COLOUR_INK,     /* and its letters */
    SCENE_COLOURS
};

enum scene_kind {
    SCENE_FILL,
    SCENE_OUTLINE,
    SCENE_HATCH,  /* outline, and lines across: for what is no effect on the world */
    SCENE_LINE,   /* from x, y by width, height, which may be negative */
    SCENE_DASHES, /* the same, broken */
    SCENE_ARROW,  /* a line with a head at its end */
    SCENE_TEXT,
    SCENE_SAID,   /* words that are not drawn */
    SCENE_PIXELS, /* the guest's display */
};

struct scene_rect {
    int x, y, width, height;
};

struct scene_item {
    enum scene_kind kind;
    enum scene_colour colour;
    struct scene_rect rect;
    char *text;  /* UTF-8, owned; of SCENE_TEXT and SCENE_SAID */
    bool mark;   /* of SCENE_TEXT: of a drawing that has words of its own, which are said */
    int columns; /* of SCENE_TEXT: so many letters have room. Of more the last one that has is drawn as "…" */
    const struct display *display; /* of SCENE_PIXELS */
};

struct scene_region {
    char name[40];
    struct scene_rect rect;
    size_t first; /* of its items, which go on to the next region's */
};

struct scene {
    int width, height;           /* pixels */
    int cell_width, cell_height; /* of a letter */
    int gap;                     /* between regions, and round the words of one */
    VEC(struct scene_region) regions;
    VEC(struct scene_item) items;
};

/* An empty scene of this size in pixels: the cells follow from it. */
void scene_begin(struct scene *scene, int width, int height);
void scene_free(struct scene *scene);

/* What follows is in a region of this name and place. */
void scene_region(struct scene *scene, struct scene_rect rect, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void scene_shape(struct scene *scene, enum scene_kind kind, enum scene_colour colour, int x, int y, int width,
                 int height);
/* Words in cell COLUMN, LINE of the present region, drawn as far as its edge. */
void scene_text(struct scene *scene, enum scene_colour colour, int column, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same at a pixel of the scene, and of at most COLUMNS letters. */
void scene_text_at(struct scene *scene, enum scene_colour colour, int x, int y, int columns, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, where other words say what it means: a number or a letter of a drawing. */
void scene_mark(struct scene *scene, enum scene_colour colour, int x, int y, int columns, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void scene_say(struct scene *scene, const char *format, ...) __attribute__((format(printf, 2, 3)));
void scene_pixels(struct scene *scene, const struct display *display, struct scene_rect rect);

/* How many lines and columns of text fit in RECT. */
int scene_lines(const struct scene *scene, struct scene_rect rect);
int scene_columns(const struct scene *scene, struct scene_rect rect);
/* The last region that has the pixel X, Y in it; NULL: none. */
const struct scene_region *scene_at(const struct scene *scene, int x, int y);
/* The region of this name; NULL: there is none. */
const struct scene_region *scene_find(const struct scene *scene, const char *name);
/* The guest's display, if it is shown; NULL: it is not. */
const struct display *scene_display(const struct scene *scene);
/* In its place: DISPLAY, which outlives the scene. */
void scene_show(struct scene *scene, const struct display *display);
/* Every region with its words. */
void scene_describe(const struct scene *scene, FILE *out);

#endif
