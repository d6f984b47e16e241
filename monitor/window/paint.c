/* paint.c - see paint.h. */
#include "monitor/window/paint.h"

#include <SDL2/SDL_ttf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "monitor/window/colours.h"

enum { GLYPHS = 128, HATCH_STEP = 6, DASH = 4, HEAD = 5 };

struct painter {
    char *font_path;
    TTF_Font *font;
    int cell_width, cell_height;
    SDL_Surface *glyph[GLYPHS]; /* of ASCII, white; NULL: not drawn yet */
    SDL_Surface *surface;
    SDL_Surface *pixels; /* the guest's */
    bool dark;
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
    if (!*path || access(path, R_OK) != 0) {
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
    return TTF_RenderGlyph32_Blended(painter->font, letter, (SDL_Color){255, 255, 255, 255});
}

static void draw_letter(struct painter *painter, uint32_t letter, uint32_t colour, int x, int y)
{
    SDL_Surface *glyph = letter < GLYPHS ? painter->glyph[letter] : NULL;
    if (!glyph)
        glyph = make_glyph(painter, letter);
    if (!glyph)
        return; /* the font has no such letter */
    SDL_Rect to = {x, y, 0, 0};
    SDL_SetSurfaceColorMod(glyph, (uint8_t)(colour >> 16), (uint8_t)(colour >> 8), (uint8_t)colour);
    SDL_BlitSurface(glyph, NULL, painter->surface, &to);
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
    int x = item->rect.x;
    for (const char *text = item->text; *text; x += painter->cell_width) {
        uint32_t letter = next_letter(&text);
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
    fill(painter, item->colour, r.x, r.y, r.width, 1);
    fill(painter, item->colour, r.x, r.y + r.height - 1, r.width, 1);
    fill(painter, item->colour, r.x, r.y, 1, r.height);
    fill(painter, item->colour, r.x + r.width - 1, r.y, 1, r.height);
}

static void hatch(struct painter *painter, const struct scene_item *item)
{
    const struct scene_rect r = item->rect;
    outline(painter, item);
    for (int y = 0; y < r.height; y++)
        for (int x = (HATCH_STEP - y % HATCH_STEP) % HATCH_STEP; x < r.width; x += HATCH_STEP)
            fill(painter, item->colour, r.x + x, r.y + y, 1, 1);
}

static int size_of(int value)
{
    return value < 0 ? -value : value;
}

/* From X, Y by WIDTH, HEIGHT; every other DASH pixels if it is BROKEN. */
static void line(struct painter *painter, const struct scene_item *item, bool broken)
{
    const struct scene_rect r = item->rect;
    int steps = size_of(r.width) > size_of(r.height) ? size_of(r.width) : size_of(r.height);
    for (int i = 0; i <= steps; i++)
        if (!broken || i / DASH % 2 == 0)
            fill(painter, item->colour, r.x + (steps ? r.width * i / steps : 0),
                 r.y + (steps ? r.height * i / steps : 0), 1, 1);
}

static void arrow(struct painter *painter, const struct scene_item *item)
{
    int x = item->rect.x + item->rect.width, y = item->rect.y + item->rect.height, way = item->rect.height < 0 ? 1 : -1;
    line(painter, item, false);
    for (int i = 0; i < HEAD; i++)
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

SDL_Surface *painter_draw(struct painter *painter, const struct scene *scene, bool dark, struct error *error)
{
    SDL_Surface *surface = painter->surface;
    if (!surface || surface->w != scene->width || surface->h != scene->height) {
        SDL_FreeSurface(surface);
        surface = SDL_CreateRGBSurfaceWithFormat(0, scene->width, scene->height, 32, SDL_PIXELFORMAT_XRGB8888);
        painter->surface = surface;
    }
    if (!surface || !fit_font(painter, scene)) {
        error_set(error, "a picture of %d by %d cannot be drawn: %s", scene->width, scene->height, SDL_GetError());
        return NULL;
    }
    painter->dark = dark;
    for (size_t i = 0; i < scene->items.count; i++)
        draw_item(painter, &scene->items.at[i]);
    return surface;
}
