/* former.c - see former.h. */
#include "ft/log/former.h"

#include <stdlib.h>

void former_free(struct former *former)
{
    history_free(&former->history);
    if (former->recording)
        recording_free(former->recording);
    free(former->recording);
}
