/* paint.c - see paint.h. */
#include "monitor/window/paint.h"

#include <SDL2/SDL_ttf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "mmu/base/memory.h"
#include "monitor/window/colours.h"

enum {
    GLYPHS = 128,
    ELLIPSIS = 0x2026,
    /* In units, which are pixels, and more where letters are large. */
    UNIT_CELL = 20, /* a letter's height for each */
    HATCH_STEP = 6,
    DASH = 4,
    HEAD = 5
};

/* A region as it was drawn last: the same words and shapes are not drawn again. */
struct drawn {
    struct scene_rect rect;
    uint64_t hash;
};

struct painter {
    VEC(struct drawn) drawn; /* for each region */
    VEC(SDL_Rect) changed;
    char *font_path;
    TTF_Font *font;
    int cell_width, cell_height;
    SDL_Surface *glyph[GLYPHS]; /* of ASCII, white; NULL: not drawn yet */
    SDL_Surface *surface;
    SDL_Surface *pixels; /* the guest's */
    bool dark;
    int unit; /* how thick a line is */
};

static void forget_glyphs(struct painter *painter)
{
    for (unsigned i = 0; i < GLYPHS; i++) {
        SDL_FreeSurface(painter->glyph[i]);
        painter->glyph[i] = NULL;
    }
}

struct painter *painter_new(const char *font, struct error *error)
{
    const char *path = font ? font : US_FONT;
    struct stat info; /* a FIFO would be waited for */
    if (stat(path, &info) || !S_ISREG(info.st_mode) || access(path, R_OK)) {
        error_set(error, "the font '%s' cannot be read: install fonts-dejavu-core, or name one with 'window font FILE'",
                  path);
        return NULL;
    }
    if (TTF_Init() != 0) {
        error_set(error, "fonts cannot be used: %s", TTF_GetError());
        return NULL;
    }
    TTF_Font *tried = TTF_OpenFont(path, 16);
    if (!tried) {
        error_set(error, "'%s' is no font: install fonts-dejavu-core, or name another one with 'window font FILE'",
                  path);
        TTF_Quit();
        return NULL;
    }
    TTF_CloseFont(tried);
    struct painter *painter = calloc(1, sizeof *painter);
    memory_need(painter);
    painter->font_path = strdup(path);
    memory_need(painter->font_path);
    painter->pixels = SDL_CreateRGBSurfaceWithFormat(0, DISPLAY_WIDTH, DISPLAY_HEIGHT, 32, SDL_PIXELFORMAT_XRGB8888);
    memory_need(painter->pixels);
    return painter;
}

void painter_free(struct painter *painter)
{
    if (!painter)
        return;
    forget_glyphs(painter);
    if (painter->font)
        TTF_CloseFont(painter->font);
    SDL_FreeSurface(painter->surface);
    SDL_FreeSurface(painter->pixels);
    VEC_FREE(&painter->drawn);
    VEC_FREE(&painter->changed);
    free(painter->font_path);
    free(painter);
    TTF_Quit();
}

/* ---- letters ---- */

static bool fit_font(struct painter *painter, const struct scene *scene)
{
    if (painter->font && painter->cell_height == scene->cell_height)
        return true;
    forget_glyphs(painter);
    if (painter->font)
        TTF_CloseFont(painter->font);
    painter->font = TTF_OpenFont(painter->font_path, scene->cell_height * 80 / 100);
    painter->cell_width = scene->cell_width;
    painter->cell_height = scene->cell_height;
    return painter->font != NULL;
}

static SDL_Surface *make_glyph(struct painter *painter, uint32_t letter)
{
    return TTF_RenderGlyph32_Blended(painter->font, letter, (SDL_Color){255, 255, 255, 255}); /* ARGB8888 */
}

/* COLOUR over UNDER, as much as SHARE of 255 says. */
static uint32_t mix(uint32_t colour, uint32_t under, uint32_t share)
{
    uint32_t mixed = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        uint32_t a = colour >> shift & 255, b = under >> shift & 255;
        mixed |= ((a * share + b * (255 - share) + 127) / 255) << shift;
    }
    return mixed;
}

/* The letter on GLYPH, in COLOUR, at X, Y. Pictures have a thousand of them, 60 times a second. */
static void put_letter(const struct painter *painter, const SDL_Surface *glyph, uint32_t colour, int x, int y)
{
    const SDL_Surface *surface = painter->surface;
    for (int row = y < 0 ? -y : 0; row < glyph->h && y + row < surface->h; row++) {
        const uint32_t *from = (const uint32_t *)((const uint8_t *)glyph->pixels + (size_t)row * (size_t)glyph->pitch);
        uint32_t *to = (uint32_t *)((uint8_t *)surface->pixels + (size_t)(y + row) * (size_t)surface->pitch);
        for (int column = x < 0 ? -x : 0; column < glyph->w && x + column < surface->w; column++) {
            uint32_t share = from[column] >> 24;
            if (share)
                to[x + column] = share == 255 ? colour : mix(colour, to[x + column], share);
        }
    }
}

static void draw_letter(struct painter *painter, uint32_t letter, uint32_t colour, int x, int y)
{
    SDL_Surface *glyph = letter < GLYPHS ? painter->glyph[letter] : NULL;
    if (!glyph)
        glyph = make_glyph(painter, letter);
    if (!glyph)
        return; /* the font has no such letter */
    put_letter(painter, glyph, colour, x, y);
    if (letter < GLYPHS)
        painter->glyph[letter] = glyph;
    else
        SDL_FreeSurface(glyph);
}

/* The next letter of UTF-8, at most three bytes; *TEXT moves on. */
static uint32_t next_letter(const char **text)
{
    const uint8_t *at = (const uint8_t *)*text;
    unsigned more = at[0] >= 0xE0 ? 2 : at[0] >= 0xC0 ? 1 : 0;
    uint32_t letter = more == 2 ? at[0] & 0x0F : more == 1 ? at[0] & 0x1F : at[0];
    unsigned used = 1;
    for (; used <= more && (at[used] & 0xC0) == 0x80; used++)
        letter = letter << 6 | (at[used] & 0x3F);
    *text += used;
    return letter;
}

static void draw_text(struct painter *painter, const struct scene_item *item)
{
    uint32_t colour = colour_of(item->colour, painter->dark);
    int x = item->rect.x, left = item->columns;
    for (const char *text = item->text; *text && left > 0; x += painter->cell_width, left--) {
        uint32_t letter = next_letter(&text);
        if (left == 1 && *text)
            letter = ELLIPSIS;
        if (letter != ' ')
            draw_letter(painter, letter, colour, x, item->rect.y);
    }
}

/* ---- shapes ---- */

static void fill(struct painter *painter, enum scene_colour colour, int x, int y, int width, int height)
{
    SDL_Rect rect = {x, y, width, height};
    SDL_FillRect(painter->surface, &rect, colour_of(colour, painter->dark));
}

static void outline(struct painter *painter, const struct scene_item *item)
{
    const struct scene_rect r = item->rect;
    int unit = painter->unit;
    fill(painter, item->colour, r.x, r.y, r.width, unit);
    fill(painter, item->colour, r.x, r.y + r.height - unit, r.width, unit);
    fill(painter, item->colour, r.x, r.y, unit, r.height);
    fill(painter, item->colour, r.x + r.width - unit, r.y, unit, r.height);
}

/* One dot of a line; without a call for each, because there are many. */
static void dot(const struct painter *painter, uint32_t colour, int x, int y)
{
    const SDL_Surface *surface = painter->surface;
    for (int at_y = y < 0 ? 0 : y; at_y < y + painter->unit && at_y < surface->h; at_y++) {
        uint32_t *row = (uint32_t *)((uint8_t *)surface->pixels + (size_t)at_y * (size_t)surface->pitch);
        for (int at_x = x < 0 ? 0 : x; at_x < x + painter->unit && at_x < surface->w; at_x++)
            row[at_x] = colour;
    }
}

static void hatch(struct painter *painter, const struct scene_item *item)
{
    const struct scene_rect r = item->rect;
    int step = HATCH_STEP * painter->unit;
    uint32_t colour = colour_of(item->colour, painter->dark);
    outline(painter, item);
    for (int y = 0; y + painter->unit <= r.height; y++)
        for (int x = (step - y % step) % step; x + painter->unit <= r.width; x += step)
            dot(painter, colour, r.x + x, r.y + y);
}

static int size_of(int value)
{
    return value < 0 ? -value : value;
}

/* From X, Y by WIDTH, HEIGHT; every other DASH units if it is BROKEN. */
static void line(struct painter *painter, const struct scene_item *item, bool broken)
{
    const struct scene_rect r = item->rect;
    int steps = size_of(r.width) > size_of(r.height) ? size_of(r.width) : size_of(r.height);
    uint32_t colour = colour_of(item->colour, painter->dark);
    for (int i = 0; i <= steps; i++)
        if (!broken || i / (DASH * painter->unit) % 2 == 0)
            dot(painter, colour, r.x + (steps ? r.width * i / steps : 0), r.y + (steps ? r.height * i / steps : 0));
}

static void arrow(struct painter *painter, const struct scene_item *item)
{
    int x = item->rect.x + item->rect.width, y = item->rect.y + item->rect.height, way = item->rect.height < 0 ? 1 : -1;
    line(painter, item, false);
    for (int i = 0; i < HEAD * painter->unit; i++)
        fill(painter, item->colour, x - i / 2, y + way * i, i | 1, 1);
}

static void guest(struct painter *painter, const struct scene_item *item)
{
    SDL_Rect to = {item->rect.x, item->rect.y, item->rect.width, item->rect.height};
    for (unsigned y = 0; y < DISPLAY_HEIGHT; y++) {
        uint32_t row[DISPLAY_WIDTH];
        display_row(item->display, y, row);
        memcpy((uint8_t *)painter->pixels->pixels + (size_t)y * (size_t)painter->pixels->pitch, row, sizeof row);
    }
    SDL_SoftStretchLinear(painter->pixels, NULL, painter->surface, &to);
}

static void draw_item(struct painter *painter, const struct scene_item *item)
{
    const struct scene_rect r = item->rect;
    switch (item->kind) {
    case SCENE_FILL:
        fill(painter, item->colour, r.x, r.y, r.width, r.height);
        break;
    case SCENE_OUTLINE:
        outline(painter, item);
        break;
    case SCENE_HATCH:
        hatch(painter, item);
        break;
    case SCENE_LINE:
    case SCENE_DASHES:
        line(painter, item, item->kind == SCENE_DASHES);
        break;
    case SCENE_ARROW:
        arrow(painter, item);
        break;
    case SCENE_TEXT:
        draw_text(painter, item);
        break;
    case SCENE_PIXELS:
        guest(painter, item);
        break;
    case SCENE_SAID:
        break;
    }
}

/* ---- all of it ---- */

/* A surface of SCENE's size and letters for it. *NEW: nothing of the picture before is on it. */
static bool fit(struct painter *painter, const struct scene *scene, bool dark, bool *new)
{
    SDL_Surface *surface = painter->surface;
    *new = !surface || surface->w != scene->width || surface->h != scene->height || dark != painter->dark;
    if (!surface || surface->w != scene->width || surface->h != scene->height) {
        SDL_FreeSurface(surface);
        painter->surface = SDL_CreateRGBSurfaceWithFormat(0, scene->width, scene->height, 32, SDL_PIXELFORMAT_XRGB8888);
    }
    painter->dark = dark;
    painter->unit = scene->cell_height / UNIT_CELL > 1 ? scene->cell_height / UNIT_CELL : 1;
    return painter->surface && fit_font(painter, scene);
}

/* What will be drawn, as a number; 0: the guest's pixels, which are to be drawn each time. */
static uint64_t hash_of(const struct scene *scene, size_t first, size_t end)
{
    uint64_t hash = 0;
    for (size_t i = first; i < end; i++) {
        const struct scene_item *item = &scene->items.at[i];
        const int drawn[] = {(int)item->kind,  (int)item->colour, item->rect.x, item->rect.y,
                             item->rect.width, item->rect.height, item->columns};
        if (item->kind == SCENE_PIXELS)
            return 0;
        if (item->kind == SCENE_SAID)
            continue;
        hash = XXH3_64bits_withSeed(drawn, sizeof drawn, hash);
        if (item->text)
            hash = XXH3_64bits_withSeed(item->text, strlen(item->text), hash);
    }
    return hash | 1;
}

/* What is drawn in each region of SCENE now, in the place of what was before. Are they the same regions in the same
 * places, on the same ground, the first of them? */
static bool compare(struct painter *painter, const struct scene *scene, bool *differs)
{
    bool same = painter->drawn.count == scene->regions.count;
    while (painter->drawn.count < scene->regions.count)
        *VEC_PUSH(&painter->drawn) = (struct drawn){0};
    painter->drawn.count = scene->regions.count;
    for (size_t i = 0; i < scene->regions.count; i++) {
        const struct scene_region *region = &scene->regions.at[i];
        size_t end = i + 1 < scene->regions.count ? region[1].first : scene->items.count;
        struct drawn now = {region->rect, hash_of(scene, region->first, end)}, *before = &painter->drawn.at[i];
        differs[i] = !now.hash || now.hash != before->hash;
        same &= memcmp(&now.rect, &before->rect, sizeof now.rect) == 0;
        *before = now;
    }
    return same && !differs[0];
}

SDL_Surface *painter_draw(struct painter *painter, const struct scene *scene, bool dark, struct error *error)
{
    bool new;
    if (!fit(painter, scene, dark, &new)) {
        error_set(error, "a picture of %d by %d cannot be drawn: %s", scene->width, scene->height, SDL_GetError());
        return NULL;
    }
    bool *differs = calloc(scene->regions.count, sizeof *differs);
    memory_need(differs);
    new |= !compare(painter, scene, differs);
    painter->changed.count = 0;
    for (size_t i = 0; i < scene->regions.count; i++) {
        const struct scene_region *region = &scene->regions.at[i];
        size_t end = i + 1 < scene->regions.count ? region[1].first : scene->items.count;
        if (!new && !differs[i])
            continue;
        for (size_t k = region->first; k < end; k++)
            draw_item(painter, &scene->items.at[k]);
        const SDL_Rect all = {0, 0, scene->width, scene->height},
                       rect = {region->rect.x, region->rect.y, region->rect.width, region->rect.height};
        SDL_Rect seen;
        if (SDL_IntersectRect(&rect, &all, &seen))
            *VEC_PUSH(&painter->changed) = seen;
    }
    free(differs);
    return painter->surface;
}

const SDL_Rect *painter_changed(const struct painter *painter, int *count)
{
    *count = (int)painter->changed.count;
    return painter->changed.at;
}
