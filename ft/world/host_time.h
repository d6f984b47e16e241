/* host_time.h - how long things took on the host, which reaches no guest. */
#ifndef US_FT_WORLD_HOST_TIME_H
#define US_FT_WORLD_HOST_TIME_H

/* Seconds of the host's clock; processor seconds of the calling host thread. */
double host_seconds(void);
double host_thread_seconds(void);

#endif
