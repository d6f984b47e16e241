/* rooms.c - the rule about what points where in the program: layers, the rooms inside them, and their doors.
 *
 *   monitor -> ft -> cpu -> mmu,  ft -> io -> mmu
 *
 * A layer is a folder; an include names the own layer or one below it. A room is a folder inside of a layer; the rooms
 * of a layer stand in an order, and each may use those before it. The CMakeLists.txt of a room begins with its one
 * sentence and names with us_public(...) the headers that other rooms may include, beside the one that is named after
 * the room; all others are private. The tests see everything.
 */
#include "tests/tidy/tidy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layer {
    const char *folder;
    const char *below; /* the other layers that it may include, each with a blank on both sides */
    /* The rooms, in their order. "*.h": the layer's own headers, where they stand below the rooms; ".": what is in no
     * room (and these headers, where they do not). NULL: the layer has no rooms. */
    const char *rooms;
};

/* TO ADD A ROOM: its name, behind the last one that it uses. */
static const struct layer layers[] = {
    {"mmu", " ", " base . "},
    {"cpu", " mmu ", " *.h isa fpu core interp jit . "},
    {"io", " mmu roms ", " . "},
    {"ft", " cpu io mmu ",
     " *.h config board order channel log explain protocol world computer bare vmm host system live time search "},
    {"monitor", " ft cpu io mmu ", " base image session view script gdb window command program "},
};

enum { LAYERS = sizeof layers / sizeof layers[0] };

/* Where a file is. */
struct where {
    const struct layer *layer; /* NULL: in none of the program */
    char room[64];             /* as the layer's list has it */
    char folder[128];          /* the room's path: "cpu/core", "cpu" */
    int order;                 /* in the list; -1: not there */
};

static int order_of(const char *list, const char *room)
{
    char padded[80];
    snprintf(padded, sizeof padded, " %s ", room);
    const char *at = strstr(list, padded);
    return at ? (int)(at - list) : -1;
}

static struct where where_is(const char *path)
{
    struct where where = {0};
    for (unsigned i = 0; i < LAYERS; i++)
        if (in_folder(path, layers[i].folder))
            where.layer = &layers[i];
    if (!where.layer)
        return where;
    const char *inside = path + strlen(where.layer->folder) + 1, *slash = strrchr(inside, '/');
    snprintf(where.folder, sizeof where.folder, "%.*s", (int)(base_name(path) - path - 1), path);
    if (!where.layer->rooms)
        return where;
    if (slash)
        snprintf(where.room, sizeof where.room, "%.*s", (int)(slash - inside), inside);
    else
        snprintf(where.room, sizeof where.room, "%s",
                 ends_with(path, ".h") && order_of(where.layer->rooms, "*.h") >= 0 ? "*.h" : ".");
    where.order = order_of(where.layer->rooms, where.room);
    return where;
}

/* The next header that TEXT, a CMakeLists.txt, names with us_public, from *AT on; its length, 0 behind the last one. */
static size_t next_public(const char *text, const char **at)
{
    static const char word[] = "us_public(";
    const char *name = *at;
    if (!name) {
        name = strstr(text, word);
        if (!name)
            return 0;
        name += strlen(word);
    }
    name += strspn(name, " \n");
    *at = name;
    return strcspn(name, " \n)");
}

/* May other rooms than its own include HEADER, a file of the room WHERE? */
static bool is_public(struct tidy *tidy, const struct where *where, const char *header)
{
    const char *name = base_name(header), *own = base_name(where->folder), *at = NULL;
    if (!strncmp(name, own, strlen(own)) && !strcmp(name + strlen(own), ".h"))
        return true;
    char path[256];
    snprintf(path, sizeof path, "%s/CMakeLists.txt", where->folder);
    char *text = file_text(tidy, path);
    bool found = false;
    for (size_t length; text && !found && (length = next_public(text, &at)); at += length)
        found = strlen(name) == length && !strncmp(at, name, length);
    free(text);
    return found;
}

/* HEADER was included by another room than its own. */
static void note_used(struct tidy *tidy, const char *header)
{
    for (size_t i = 0; i < tidy->used_count; i++)
        if (!strcmp(tidy->used[i], header))
            return;
    char **more = realloc(tidy->used, (tidy->used_count + 1) * sizeof *more), *copy = strdup(header);
    if (!more || !copy) {
        finding(tidy, header, 0, "no memory");
        free(copy);
        return;
    }
    tidy->used = more;
    tidy->used[tidy->used_count++] = copy;
}

void forget_used(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->used_count; i++)
        free(tidy->used[i]);
    free(tidy->used);
    tidy->used = NULL;
    tidy->used_count = 0;
}

/* PATH, at FROM, includes HEADER, a file at TO in another room. */
static void check_arrow(struct tidy *tidy, const char *path, unsigned line, const struct where *from,
                        const char *header, const struct where *to)
{
    if (tidy->list_includes)
        printf("%s -> %s: %s:%u: %s\n", from->folder, to->folder, path, line, header);
    tidy->arrows++;
    if (from->layer == to->layer && to->order > from->order)
        finding(tidy, path, line, "%s includes \"%s\": the rooms of %s/ are%s- an arrow points up", from->folder,
                header, from->layer->folder, from->layer->rooms);
    if (to->layer->rooms && to->order >= 0 && !is_public(tidy, to, header))
        finding(tidy, path, line,
                "%s includes \"%s\", which is private to its room: %s/CMakeLists.txt does not name it", from->folder,
                header, to->folder);
}

void check_room_include(struct tidy *tidy, const char *path, const char *name, size_t length, unsigned line)
{
    struct where from = where_is(path);
    char header[256];
    snprintf(header, sizeof header, "%.*s", (int)length, name);
    struct where to = where_is(header);
    if (to.layer && strcmp(from.folder, to.folder))
        note_used(tidy, header);
    if (!from.layer)
        return;
    if (!strchr(header, '/')) {
        /* without a folder: a table of this folder, perhaps made by the build; headers are named in full */
        if (ends_with(header, ".h"))
            finding(tidy, path, line, "\"%s\" is included without its folder", header);
        return;
    }
    char layer[64];
    snprintf(layer, sizeof layer, "%.*s", (int)strcspn(header, "/"), header);
    if (strcmp(layer, from.layer->folder) && order_of(from.layer->below, layer) < 0)
        finding(tidy, path, line, "%s/ includes \"%s\": below it are only%s(an arrow points back)", from.layer->folder,
                header, from.layer->below);
    else if (to.layer && strcmp(from.folder, to.folder))
        check_arrow(tidy, path, line, &from, header, &to);
    else if (to.layer && to.layer->rooms && to.order > from.order) /* of the layer's own folder: a header, a source */
        finding(tidy, path, line, "%s is a header of %s/, below its rooms, and \"%s\" is not", base_name(path),
                from.layer->folder, header);
}

/* Does the text begin with a comment, a sentence in it? */
static bool has_sentence(const char *text)
{
    if (strncmp(text, "# ", 2) || !isupper((unsigned char)text[2]))
        return false;
    for (; *text == '#'; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t length = strcspn(text, "\n");
        const char *stop = memchr(text, '.', length);
        for (; stop; stop = memchr(stop + 1, '.', length - (size_t)(stop + 1 - text)))
            if (stop[1] == '\n' || stop[1] == ' ')
                return true;
    }
    return false;
}

void check_room_file(struct tidy *tidy, const char *path, const char *text)
{
    struct where where = where_is(path);
    if (!where.layer || !where.layer->rooms)
        return;
    bool list = !strcmp(base_name(path), "CMakeLists.txt");
    bool of_layer = list && !strcmp(where.folder, where.layer->folder);
    if (where.order < 0 && !of_layer)
        finding(tidy, path, 0, "is in no room of %s/: these are%s", where.layer->folder, where.layer->rooms);
    if (list && !has_sentence(text))
        finding(tidy, path, 1, "does not begin with '# ' and what the room is for, a sentence");
}

/* Each header that the room at FOLDER names as public is included by another one. */
static void check_door(struct tidy *tidy, const char *folder)
{
    char path[256];
    snprintf(path, sizeof path, "%s/CMakeLists.txt", folder);
    char *text = file_text(tidy, path);
    const char *at = NULL;
    if (!text)
        finding(tidy, path, 0, "is not there: the list of rooms in tests/tidy/rooms.c names it");
    for (size_t length; text && (length = next_public(text, &at)); at += length) {
        bool used = false;
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)length, at);
        for (size_t i = 0; !used && i < tidy->used_count; i++)
            used = !strcmp(tidy->used[i], path);
        if (!used)
            finding(tidy, path, 0, "is public, and no other room includes it");
    }
    free(text);
}

/* The map of the house names the room at FOLDER. */
static void check_map(struct tidy *tidy, const char *map, const char *folder)
{
    char name[160];
    snprintf(name, sizeof name, "`%s/`", folder);
    if (!map || !strstr(map, name))
        finding(tidy, "HACKING.md", 0, "the map does not have the room %s", name);
}

void check_doors(struct tidy *tidy)
{
    char *map = file_text(tidy, "HACKING.md");
    for (unsigned i = 0; i < LAYERS; i++) {
        const char *rooms = layers[i].rooms;
        for (size_t length; rooms && *(rooms += strspn(rooms, " ")); rooms += length) {
            char folder[128];
            length = strcspn(rooms, " ");
            bool own = *rooms == '.' || *rooms == '*'; /* the layer's folder */
            if (*rooms == '*' && order_of(layers[i].rooms, ".") >= 0)
                continue; /* it comes */
            snprintf(folder, sizeof folder, "%s%s%.*s", layers[i].folder, own ? "" : "/", own ? 0 : (int)length, rooms);
            check_door(tidy, folder);
            check_map(tidy, map, folder);
        }
    }
    free(map);
    forget_used(tidy);
}
