/* live_lost.c - a screen that goes away under a window. The library that speaks to an X server ends the whole program
 * then, unless it is told not to; SDL does not tell it. See live.h.
 */
#include <dlfcn.h>
#include <string.h>

#include <SDL2/SDL_syswm.h>

#include "monitor/window/live.h"

#ifdef SDL_VIDEO_DRIVER_X11

static void note(Display *display, void *lost)
{
    *(bool *)lost = true;
}

static int say_nothing(Display *display)
{
    return 0;
}

void live_note_loss(SDL_Window *window, bool *lost)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11)
        return;
    void *library = dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD); /* SDL has it */
    if (!library)
        return;
    void (*set_exit)(Display *, void (*)(Display *, void *), void *);
    int (*(*set_error)(int (*)(Display *)))(Display *);
    *(void **)&set_exit = dlsym(library, "XSetIOErrorExitHandler");
    *(void **)&set_error = dlsym(library, "XSetIOErrorHandler");
    if (set_exit && set_error) {
        set_exit(info.info.x11.display, note, lost);
        set_error(say_nothing);
    }
    dlclose(library);
}

#else

void live_note_loss(SDL_Window *window, bool *lost)
{
}

#endif
