/* recorder.h - recordings (ft/recording.h) as a session and a sub-command use them: written at the end of a run,
 * followed by a system that is built for it, and what to say of a replay.
 */
#ifndef US_MONITOR_SESSION_RECORDER_H
#define US_MONITOR_SESSION_RECORDER_H

#include "ft/recording.h"
#include "monitor/session/monitor.h"

/* The recording that a session's system follows. */
struct monitor_replay {
    uint8_t *bytes;
    struct recording_file file;
};
void replay_free(struct monitor_replay *replay); /* NULL is fine */

/* Is RESULT what FILE says? The exit status, and if it is not 0 one line in ERROR. */
int recorder_status(const struct system_result *result, const struct recording_file *file, struct error *error);
/* Write the recording of SYSTEM, which records, to PATH. */
bool recorder_write(struct system *system, const char *path, struct error *error);

/* The run of a session has come to its end, or the session has: write what is recorded, if it is and was not written.
 */
bool recorder_finish(struct monitor *monitor, struct error *error);
/* The system of a session is another one now, and follows nothing. */
void recorder_forget(struct monitor *monitor);
/* Has the session's replay come to the end that its recording says? False with one line in ERROR. */
bool recorder_judge(const struct monitor *monitor, struct error *error);

#endif
