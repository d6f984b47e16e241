/* painting.c - see painting.h. Between painting_begin and the moment when `busy` is false again the thread has the
 * painter, the scene and the result; at all other times the caller has them.
 */
#include "monitor/window/painting.h"

#include <pthread.h>
#include <stdlib.h>

#include "mmu/base/memory.h"

struct painting {
    struct painter *painter;
    const struct scene *scene;
    bool dark;
    SDL_Surface *surface; /* NULL: ERROR */
    struct error error;
    uint32_t cost_ms;
    pthread_t thread;
    bool threaded;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* one of these: */
    bool busy, ends;
};

static void draw(struct painting *painting)
{
    uint32_t begin = SDL_GetTicks();
    painting->surface = painter_draw(painting->painter, painting->scene, painting->dark, &painting->error);
    painting->cost_ms = SDL_GetTicks() - begin;
}

static void *painting_main(void *arg)
{
    struct painting *painting = arg;
    pthread_mutex_lock(&painting->mutex);
    while (!painting->ends) {
        if (!painting->busy) {
            pthread_cond_wait(&painting->changed, &painting->mutex);
            continue;
        }
        pthread_mutex_unlock(&painting->mutex);
        draw(painting);
        pthread_mutex_lock(&painting->mutex);
        painting->busy = false;
        pthread_cond_broadcast(&painting->changed);
    }
    pthread_mutex_unlock(&painting->mutex);
    return NULL;
}

static void await(struct painting *painting)
{
    pthread_mutex_lock(&painting->mutex);
    while (painting->busy)
        pthread_cond_wait(&painting->changed, &painting->mutex);
    pthread_mutex_unlock(&painting->mutex);
}

static void set(struct painting *painting, bool *flag)
{
    pthread_mutex_lock(&painting->mutex);
    *flag = true;
    pthread_cond_broadcast(&painting->changed);
    pthread_mutex_unlock(&painting->mutex);
}

struct painting *painting_new(const char *font, struct error *error)
{
    struct painter *painter = painter_new(font, error);
    if (!painter)
        return NULL;
    struct painting *painting = calloc(1, sizeof *painting);
    memory_need(painting);
    painting->painter = painter;
    pthread_mutex_init(&painting->mutex, NULL);
    pthread_cond_init(&painting->changed, NULL);
    painting->threaded = pthread_create(&painting->thread, NULL, painting_main, painting) == 0;
    return painting;
}

void painting_free(struct painting *painting)
{
    if (!painting)
        return;
    await(painting);
    if (painting->threaded) {
        set(painting, &painting->ends);
        pthread_join(painting->thread, NULL);
    }
    pthread_cond_destroy(&painting->changed);
    pthread_mutex_destroy(&painting->mutex);
    painter_free(painting->painter);
    free(painting);
}

void painting_begin(struct painting *painting, const struct scene *scene, bool dark)
{
    await(painting);
    painting->scene = scene;
    painting->dark = dark;
    if (painting->threaded)
        set(painting, &painting->busy);
    else
        draw(painting);
}

bool painting_done(struct painting *painting)
{
    pthread_mutex_lock(&painting->mutex);
    bool done = !painting->busy;
    pthread_mutex_unlock(&painting->mutex);
    return done;
}

SDL_Surface *painting_take(struct painting *painting, struct error *error)
{
    await(painting);
    if (!painting->surface)
        *error = painting->error;
    return painting->surface;
}

const SDL_Rect *painting_changed(const struct painting *painting, int *count)
{
    return painter_changed(painting->painter, count);
}

uint32_t painting_cost_ms(const struct painting *painting)
{
    return painting->cost_ms;
}
