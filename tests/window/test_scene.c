/* test_scene.c - what the drawing and the words of a window stand on: colours that can be read, text that stays in its
 * region, regions that are found; every key once.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/window/colours.h"
#include "monitor/session/monitor.h"
#include "monitor/window/keys.h"
#include "monitor/window/panels.h"
#include "monitor/window/scene.h"
#include "monitor/window/view.h"
#include "tests/check.h"

/* Relative luminance and contrast, as the W3C's guidelines for accessibility define them. */
static double part(uint32_t value)
{
    double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * part(rgb >> 16 & 255) + 0.7152 * part(rgb >> 8 & 255) + 0.0722 * part(rgb & 255);
}

static double contrast(enum scene_colour a, enum scene_colour b, bool dark)
{
    double x = luminance(colour_of(a, dark)), y = luminance(colour_of(b, dark));
    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static void test_colours(struct check *t)
{
    static const enum scene_colour words[] = {COLOUR_TEXT,   COLOUR_QUIET,   COLOUR_LIVE, COLOUR_BACKUP,
                                              COLOUR_FAILED, COLOUR_MESSAGE, COLOUR_FOCUS};
    for (int dark = 0; dark < 2; dark++) {
        for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
            CHECK(contrast(words[i], COLOUR_PANEL, dark) >= 4.5); /* and the panel's as letters on them */
        CHECK(contrast(COLOUR_TEXT, COLOUR_BACK, dark) >= 4.5);
        CHECK(contrast(COLOUR_QUIET, COLOUR_BACK, dark) >= 4.5);
        CHECK(contrast(COLOUR_INK, COLOUR_PAPER, dark) >= 4.5);
    }
}

static void test_sizes(struct check *t)
{
    static const int sizes[][2] = {{64, 64}, {300, 200}, {1280, 800}, {3000, 2000}, {8192, 8192}, {8192, 64}};
    int before = 0;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct scene scene;
        scene_begin(&scene, sizes[i][0], sizes[i][1]);
        CHECK(scene.cell_height >= 13 && scene.cell_width > 0 && scene.cell_width < scene.cell_height);
        if (i < 5)
            CHECK(scene.cell_height >= before); /* letters grow with the window */
        before = scene.cell_height;
        scene_free(&scene);
    }
}

static void test_text(struct check *t)
{
    struct scene scene;
    scene_begin(&scene, 1280, 800);
    scene_region(&scene, (struct scene_rect){0, 0, 1280, 800}, "all");
    scene_region(&scene, (struct scene_rect){100, 100, 10 * scene.cell_width + 8, 3 * scene.cell_height + 8}, "part %d",
                 7);
    CHECK_EQ(scene_columns(&scene, scene.regions.at[1].rect), 10);
    CHECK_EQ(scene_lines(&scene, scene.regions.at[1].rect), 3);
    scene_text(&scene, COLOUR_TEXT, 0, 0, "%s", "abcdefghijklmnop");
    scene_text(&scene, COLOUR_TEXT, 8, 1, "\xC3\xA9");
    scene_text(&scene, COLOUR_TEXT, 0, 3, "below"); /* no such line */
    scene_text(&scene, COLOUR_TEXT, 10, 0, "beside");
    scene_say(&scene, "said");
    CHECK_EQ(scene.items.at[0].columns, 10); /* are drawn; all of them are said */
    CHECK_EQ(scene.items.at[1].columns, 2);
    CHECK_EQ(scene.items.count, 3);
    CHECK(scene_at(&scene, 101, 101) == &scene.regions.at[1]);
    CHECK(scene_at(&scene, 99, 101) == &scene.regions.at[0]);
    CHECK(!scene_at(&scene, 1280, 0) && !scene_at(&scene, -1, 0));
    CHECK(scene_find(&scene, "part 7") == &scene.regions.at[1] && !scene_find(&scene, "part"));
    char *words = NULL;
    size_t size;
    FILE *out = open_memstream(&words, &size);
    scene_describe(&scene, out);
    fclose(out);
    CHECK(strstr(words, "part 7 (") && strstr(words, "\n    abcdefghijklmnop\n") && strstr(words, "\n    said\n"));
    CHECK(!strstr(words, "beside") && !strstr(words, "below"));
    free(words);
    scene_free(&scene);
}

/* A question stands in a region of its own, whole, with the answer so far. */
static void test_question(struct check *t)
{
    static struct monitor monitor;
    struct view view = {.width = 300, .height = 200};
    struct scene scene;
    char *words = NULL;
    size_t size;
    for (const char *at = "4x\b2\x01"; *at; at++)
        quiz_key(&monitor.quiz, *at);
    CHECK(!strcmp(monitor.quiz.typed, "42") && !monitor.quiz.given);
    for (int asks = 0; asks < 2; asks++) {
        monitor.quiz.question = asks ? "How many bytes are there, all in all, at the far end?" : NULL;
        picture_make(&scene, &monitor, &view);
        FILE *out = open_memstream(&words, &size);
        scene_describe(&scene, out);
        fclose(out);
        CHECK_EQ(strstr(words, "\nquestion (") != NULL, asks);
        CHECK_EQ(strstr(words, "\n    answer> 42_\n") != NULL, asks);
        CHECK_EQ(strstr(words, "far end?") != NULL, asks);
        free(words);
        scene_free(&scene);
    }
    for (int i = 0; i < 2 * ANSWER_BYTES; i++)
        quiz_key(&monitor.quiz, '1');
    CHECK_EQ(strlen(monitor.quiz.typed), ANSWER_BYTES - 1);
    quiz_key(&monitor.quiz, '\n');
    CHECK(monitor.quiz.given);
}

static void test_fit(struct check *t)
{
    static const struct {
        int width, height;
        unsigned dpi;
        int fit_width, fit_height;
    } cases[] = {
        {VIEW_WIDTH, VIEW_HEIGHT, 0, VIEW_WIDTH, VIEW_HEIGHT},
        {VIEW_WIDTH, VIEW_HEIGHT, 110, VIEW_WIDTH, VIEW_HEIGHT},
        {VIEW_WIDTH, VIEW_HEIGHT, 144, 1920, 1200},
        {VIEW_WIDTH, VIEW_HEIGHT, 192, 2560, 1600},
        {VIEW_WIDTH, VIEW_HEIGHT, 100000, 3840, 2160},
        {300, 200, 192, 300, 200},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view view = {.width = cases[i].width, .height = cases[i].height};
        view_fit(&view, cases[i].dpi, 3840, 2160);
        CHECK_EQ(view.width, cases[i].fit_width);
        CHECK_EQ(view.height, cases[i].fit_height);
    }
}

static void test_keys(struct check *t)
{
    for (int i = 0; i < KEYS; i++) {
        CHECK_EQ(window_key_find(window_keys[i].key), i);
        CHECK(window_keys[i].key != 'v' && window_keys[i].label[0]);
        for (int k = 0; k < i; k++)
            CHECK(strcmp(window_keys[i].label, window_keys[k].label) != 0);
    }
    CHECK_EQ(window_key_find('z'), -1);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("window.scene", argc, argv);
    test_colours(&t);
    test_sizes(&t);
    test_text(&t);
    test_question(&t);
    test_fit(&t);
    test_keys(&t);
    return check_end(&t);
}
