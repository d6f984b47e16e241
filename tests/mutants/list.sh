# list.sh - the mutants: protocols, and the monitor below them, with one error each. Read by mutants.sh; docs/mutants.md
# has the table. A row is
#
#   mutant NAME RULE PROTOCOL WHAT file CHANGE...         the protocol as a file, each CHANGE (sed's) made to it
#   mutant NAME RULE PROTOCOL WHAT source FILE FUNCTION CHANGE     a file of the program, likewise; in
#                                                         one FUNCTION of it, or -: wherever it fits
#   mutant NAME RULE PROTOCOL WHAT broken ASSUMPTION      with --break-assumption
#
# `slow` before that: it is found late in the list of sweeps.

# ---- P0 to P8 ----
mutant value-not-sent P0 bs-revised "the primary keeps the values of its environment instructions to itself" \
    source ft/vmm/exits.c send_value \
    's/if (!vmm->linked)/if (vmm)/'
mutant value-one-of-many P0 bs-revised "of values that wait for the line, only the first is sent" \
    source ft/vmm/send.c vmm_send_waiting \
    's/if (count > 1)/if (count > VALUES_MAX)/'
mutant value-late P0 bs "an output does not send what waits for the line before it" \
    source ft/vmm/exits.c vmm_output_ready \
    's/^    vmm_send_waiting(vmm);.*//'
mutant interrupt-not-sent P1 bs-revised "an interrupt is buffered and not sent" \
    source ft/vmm/deliver.c vmm_interrupt \
    's/^    send_interrupt(vmm, interrupt);//'
mutant interrupt-inside-epoch P1 bs-revised "an interrupt is delivered when it comes" broken delivery
mutant data-inside-epoch P1 bs-revised "a read's data are in memory when the disk has them" broken dma
mutant no-wait P2 bs "the primary does not await acknowledgements at an epoch's end" file '/^primary/s/ await-acks//'
mutant no-time P2 bs-revised "the primary sends another clock than it takes" \
    source ft/vmm/actions_epoch.c act_send_time \
    's/vmm->end_clock_ps/& + PS_PER_US/'
mutant output-at-once "P2, revised" bs-revised "nothing is awaited before an output" file 's/^output .*/output at-once/'
mutant output-awaits-once "P2, revised" bs-revised "the acknowledgements before the first output do for all" \
    source ft/vmm/exits.c live_output_ready \
    's/^    vmm->peer.await_arrival_ps = 0;//'
mutant own-timer P3 bs-revised "the backup's interval timer looks at the backup's clock" \
    source ft/vmm/actions_epoch.c act_add_due \
    's/vmm, vmm->end_clock_ps/vmm, vmm->suppressed ? vmm_clock(vmm) : vmm->end_clock_ps/'
mutant buffered-for-next P4 bs-revised "the backup buffers an interrupt for the next epoch" \
    source ft/vmm/receive.c - \
    's/interrupt = interrupt_from_message(message);/& interrupt.epoch++;/'
mutant buffered-unsorted P4 bs-revised "the backup keeps what is buffered in the order in which it comes" \
    source ft/vmm/deliver.c vmm_buffer \
    's/ && !in_order(.*); i--/ \&\& !in_order(\&at[i - 1], interrupt) \&\& !i; i--/'
mutant acknowledged-unread P4 bs-revised "a message is acknowledged before it is received" \
    source ft/channel/acknowledge.c acknowledged_here \
    's/= channel_ack_ps(out, arrival_ps)/= now_ps/'
mutant own-clock P5 bs-revised "the backup takes its own clock at an epoch's end" \
    source ft/vmm/actions_epoch.c act_take_clock \
    's/if (sent) {/QUEUE_FREE(\&vmm->clocks); vmm->clocks.first = 0; if (0) {/'
mutant end-not-awaited P5 bs-revised "the backup begins an epoch whose end has not come" \
    source ft/vmm/actions_epoch.c end_is_here \
    's/vmm->ended_epoch > vmm->epoch/vmm->ended_epoch >= vmm->epoch/'
mutant own-values P6 bs-revised "the backup reads its own clock" broken clock
mutant values-dropped P7 bs-revised "what arrived of the failover epoch is thrown away" \
    file '/^failover/s/tell-operator/& discard/'
mutant epoch-not-run P7 bs-revised "the backup is live in the failover epoch" \
    file '/^failover/s/connect .*/connect tell-outstanding add-due deliver next-epoch promote/'
mutant values-not-used P7 bs-revised "the failover epoch does not use the values that arrived for it" \
    source ft/vmm/exits.c suppressed_clock \
    's/if (logged_value(/if (!vmm->failing_over \&\& logged_value(/'
mutant told-early P8 bs-revised "uncertain is told before the failover epoch, not at its end" \
    file '/^failover/s/connect \(.*\) tell-outstanding/connect tell-outstanding \1/'
mutant not-told P8 bs-revised "the guest is not told of outstanding operations" \
    source ft/vmm/actions_failover.c act_tell_outstanding \
    's/FAILOVER_UNCERTAIN)/FAILOVER_PROTOCOL)/'
mutant reissues-performed "P8, reissue" bs-revised "the monitor issues again what the guest was told the end of" \
    source ft/vmm/exits.c - \
    's/forget_one(vmm_of(arg), end->number)/(void)forget_one/' file 's/^policy .*/policy reissue/'
mutant not-reissued "P8, reissue" bs-revised "the monitor issues the first outstanding operation again only" \
    source ft/vmm/actions_failover.c reissue \
    's/i < vmm->unperformed.count/& \&\& !again/' \
    file 's/^policy .*/policy reissue/'

# ---- the patent's steps: 200 to 206, 250 to 260, 300 to 320 ----
mutant epoch-too-long "step 200" dec "the backup's epochs have an instruction more" \
    source ft/vmm/actions_run.c - \
    's/epoch_insns_max(config) \([|-]\)/epoch_insns_max(config) + vmm->suppressed \1/'
mutant no-interrupts-sent "step 204" dec "an interrupt is buffered and not sent" \
    source ft/vmm/deliver.c vmm_interrupt \
    's/^    send_interrupt(vmm, interrupt);//'
mutant delivered-late "step 206" dec "the backup delivers one interrupt at an epoch's end" \
    source ft/vmm/deliver.c vmm_deliver \
    's/deliver_one(vmm, &interrupt);/& if (vmm->suppressed) return;/'
mutant traps-when-they-come "step 250" bs-revised "delayed traps are delivered when the hardware likes" broken traps
mutant not-flushed "step 250" bs-revised "an epoch's end leaves delayed traps in the hardware's buffer" \
    slow source ft/vmm/actions_run.c end_of_run \
    's/^    cpu_dtu_flush(.*//'
mutant drain-keeps "step 258" bs-revised "DRAIN does not give the guest what the monitor holds" \
    source ft/vmm/exits.c drain \
    's/^    traps_due(arg);//'
mutant trap-twice "step 260" bs-revised "what the monitor has given it keeps" \
    source ft/vmm/held.c - \
    's/^    \*traps = (struct traps){0};//'
mutant detected-early "step 306" dec "a failure is reported before the last message" broken detection
mutant not-discarded "step 312" dec "what was logged in the epoch of the failure stays" file '/^failover/s/ discard//'
mutant not-disconnected "step 314" dec "open connections are not told" \
    source ft/vmm/actions_failover.c act_tell_outstanding \
    's/FAILOVER_DISCONNECT && open/FAILOVER_PROTOCOL \&\& open/'
mutant held-not-issued "step 318" bs-revised "what the backup held back is never put out" \
    source ft/vmm/actions_failover.c act_promote \
    's/^    issue_held(vmm);/    (void)issue_held;/'

# ---- arbiter, fencing, clock, channel ----
mutant arbiter-yields arbiter bs-revised "the arbiter lets everybody win" slow broken arbiter
mutant arbiter-not-asked arbiter bs-revised "a primary goes on alone without asking" \
    source ft/vmm/vmm.c peer_lost_event \
    's/= computer_arbitrate(computer)/= ARBITER_WON/'
mutant no-fence fencing bs-revised "the devices serve an older generation" slow broken fencing
mutant disk-not-fenced fencing bs-revised "the disk serves an older generation" \
    source ft/world/world.c - \
    's/shared_disk_fence(world_disk(world, index, i), generation)/(void)index/'
mutant clock-begins-anew clock bs-revised "after a fail-over the clock begins at 0" \
    source ft/vmm/receive.c fail_over \
    's/= (int64_t)(vmm->seen_clock_ps - since)/= -(int64_t)since, vmm->last_clock_ps = 0/'
mutant overtaking channel bs-revised "a message overtakes another" broken fifo
mutant no-output-commit channel bs-revised "outputs do not wait, and the channel loses" broken output-commit
mutant own-disk devices bs-revised "each computer has a disk of its own" broken shared-disk

# ---- numbering ----
mutant held-number numbering bs-revised "what was held back is put out with the next number" \
    source ft/vmm/actions_failover.c issue_held \
    's/QUEUE_FRONT(&vmm->held)->number, &/QUEUE_FRONT(\&vmm->held)->number + 1, \&/'
mutant performed-number numbering bs-revised "[end, E] says that one byte more was shown" \
    source ft/vmm/actions_epoch.c act_send_end \
    's/computer_terminal_performed(vmm->computer)/& + 1/'
mutant input-number numbering bs-revised "the backup does not count what was typed" \
    source ft/vmm/deliver.c keep_numbered \
    's/if (!vmm->replay)/if (!vmm->replay \&\& !vmm->suppressed)/'
mutant input-discarded numbering dec "what was typed in the epoch of the failure is lost" \
    source ft/vmm/deliver.c discard_numbered \
    's/if (interrupt->number <.*)/if (0)/'

# ---- joining ----
mutant join-alone joining bs-revised "the survivor awaits nothing until it knows that the other is in" \
    source ft/vmm/join.c - \
    's/^    vmm->alone = false;.*//;s/^    join_abandon(vmm);/    vmm->alone = false;\n&/'
mutant join-outstanding joining bs-revised "a joining computer is not sent the operations under way" \
    source ft/vmm/transfer.c transfer_write \
    's/(uint32_t)computer->in_flight.count/0/;s/i < computer->in_flight.count/& \&\& part.outstanding/' \
    file 's/^policy .*/policy reissue/'
mutant join-buffered joining bs-revised "a joining computer is not sent the buffered interrupts" \
    source ft/vmm/join.c join_begin \
    's/^        vmm_send_buffered(vmm);/        (void)vmm;/'
mutant join-first-page joining bs-revised "a joining computer is not sent the first page" \
    source ft/vmm/join.c take_picture \
    's/^    page_map_copy(.*/&\n    while (!page_map_get(\&join->picture, join->next++)) ;/'
mutant join-live-page joining bs-revised "a joining computer is sent memory as it is then" \
    source ft/vmm/join.c join_event \
    's/page_map_get(&join->picture, /page_map_get(board_memory(computer->board), /'
mutant join-input joining bs-revised "a joining computer does not know how much was typed" \
    source ft/vmm/transfer.c transfer_read \
    's/^        vmm->input.i..next = .*/        (void)vmm->input[i];/'
mutant join-timer joining bs-revised "a joining computer does not know when the timer was looked at" \
    source ft/vmm/transfer.c transfer_read \
    's/^    vmm->timer_seen_ticks = .*//'
mutant join-generation joining bs-revised "a joining computer does not know the generation" \
    source ft/vmm/transfer.c transfer_read \
    's/^    computer->generation = .*//'

# ---- checkpoints ----
mutant checkpoint-output-at-once checkpoint remus "an output does not wait for its checkpoint" \
    file '/^output/s/hold/at-once/'
mutant checkpoint-output-early checkpoint remus "an output waits for what was sent before it, not for its checkpoint" \
    source ft/vmm/hold.c add \
    's/vmm->checkpoint.used ? HOLD_OPEN : //'
mutant checkpoint-unacknowledged checkpoint remus "outputs are released when their checkpoint is sent" \
    source ft/vmm/hold.c hold_due_ps \
    's/TIME_NEVER : peer_acknowledged_ps.*/TIME_NEVER : 0;/'
mutant checkpoint-partial checkpoint remus "a checkpoint of which a part has come is applied" \
    source ft/vmm/actions_failover.c act_discard \
    's/checkpoint_drop_partial(vmm);/if (QUEUE_COUNT(\&vmm->checkpoint.received)) act_apply_checkpoint(vmm);/'
mutant checkpoint-outputs checkpoint remus "a checkpoint has no outputs that wait" \
    source ft/vmm/checkpoint.c take_held \
    's/i < vmm->hold.row.items.count/& \&\& !vmm->computer/'
mutant checkpoint-page checkpoint remus "a checkpoint lacks every other page" \
    source ft/vmm/checkpoint.c send_page \
    's/if (sender->vmm->computer->dying)/if (sender->vmm->computer->dying || index % 2)/'
