/* type_at.c - type_at TEXT: TEXT and Enter, typed at the first window of the X server, as a person would. Waits until
 * there is one.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>

enum { TRIES = 200 };

/* A window may be gone by the time that it is asked for. */
static int take_no_notice(Display *display, XErrorEvent *error)
{
    (void)display;
    (void)error;
    return 0;
}

/* The first child of the root; 0: there is none. */
static Window find_window(Display *display)
{
    Window root, parent, *children = NULL, found = 0;
    unsigned count = 0;
    XWindowAttributes attributes;
    if (XQueryTree(display, DefaultRootWindow(display), &root, &parent, &children, &count))
        for (unsigned i = 0; i < count && !found; i++)
            if (XGetWindowAttributes(display, children[i], &attributes) && attributes.map_state == IsViewable)
                found = children[i];
    if (children)
        XFree(children);
    return found;
}

static void press(Display *display, Window window, KeySym symbol)
{
    XKeyEvent event = {.display = display,
                       .window = window,
                       .root = DefaultRootWindow(display),
                       .time = CurrentTime,
                       .same_screen = True,
                       .keycode = XKeysymToKeycode(display, symbol)};
    event.type = KeyPress;
    XSendEvent(display, window, True, KeyPressMask, (XEvent *)&event);
    event.type = KeyRelease;
    XSendEvent(display, window, True, KeyReleaseMask, (XEvent *)&event);
    XSync(display, False);
}

int main(int count, char **words)
{
    static const struct timespec pause = {.tv_nsec = 50000000};
    Display *display = count == 2 ? XOpenDisplay(NULL) : NULL;
    Window window = 0;
    if (!display) {
        fprintf(stderr, "type_at TEXT is wanted, and an X server\n");
        return 2;
    }
    XSetErrorHandler(take_no_notice);
    for (int i = 0; i < TRIES && !window; i++) {
        window = find_window(display);
        nanosleep(&pause, NULL);
    }
    for (const char *at = words[1]; window && *at; at++)
        press(display, window, (KeySym)*at);
    if (window)
        press(display, window, XK_Return);
    XCloseDisplay(display);
    return window ? 0 : 1;
}
