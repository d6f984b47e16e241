/* command.c - the table of commands, and how a row is found. See command.h. */
#include "monitor/command/command.h"

#include <string.h>

#include "monitor/base/text.h"

const struct command commands[] = {
    {"system", NULL, "[OPTIONS]", "build a system",
     "  The options are those of 'understudy run', except --json. Settings made by 'set' stay. What was there before "
     "is\n"
     "  thrown away; an image has to be loaded again; a kernel (--kernel) is.\n"
     "  Example: system --mode pair --epoch 1000 --disk disk.img,snapshot\n",
     0, WORDS_MAX, false, false, COMPLETES_OPTION, command_system},
    {"load", NULL, "[IMAGE]", "load a guest and start at its beginning",
     "  IMAGE is a 32-bit PA-RISC ELF executable. Its symbols become addresses. Without IMAGE the last one is loaded\n"
     "  again. If the system has run, a new one is built with the same options and crash points.\n"
     "  Example: load hello.elf\n",
     0, 1, false, false, COMPLETES_FILE, command_load},
    {"boot", NULL, "", "start the guest that is loaded at its beginning, in a new system",
     "  What 'load' without IMAGE does: the same options, crash points and disk file; memory and registers as at\n"
     "  power-on.\n"
     "  Example: boot\n",
     0, 0, false, false, COMPLETES_NOTHING, command_load},
    {"reset", NULL, "", "reset the guest, as the system controller's reset register does",
     "  The image is put back and entered; disk, terminal and time go on. Of a bare computer at once, of a solo one "
     "at\n"
     "  the end of the epoch. In a pair only the guest can do it, because both computers must do it at one place.\n"
     "  Example: reset\n",
     0, 0, false, false, COMPLETES_NOTHING, command_reset},
    {"continue", "c", "", "run until the end, a breakpoint or Ctrl-C",
     "  If the computer that is looked at fails, the run goes on at the other one.\n"
     "  Example: continue\n",
     0, 0, false, false, COMPLETES_NOTHING, command_continue},
    {"step", "s", "[N]", "run N instructions (1) of the computer looked at",
     "  Counted as everywhere: an instruction completed, one nullified, an interruption taken. An empty line at the\n"
     "  prompt steps again.\n"
     "  Example: step 10\n",
     0, 1, false, true, COMPLETES_NOTHING, command_step},
    {"next", "n", "[N]", "run N instructions (1), each call as one",
     "  A call is a branch that links (b,l, blr, be,l): with all that it calls it runs until it has returned to this\n"
     "  frame, a breakpoint, or the end. An empty line at the prompt goes on.\n"
     "  Example: next 3\n",
     0, 1, false, true, COMPLETES_NOTHING, command_next},
    {"finish", NULL, "", "run until the present function has returned",
     "  Shows ret0, the function's result. Where it returns to is found as by 'backtrace'.\n"
     "  Example: finish\n",
     0, 0, false, false, COMPLETES_NOTHING, command_finish},
    {"until", "u", "ADDR|epoch N|instruction N|time T", "run until a place or a moment, once",
     "  Before the instruction at ADDR; before epoch N's first instruction; before instruction N (the first is 0); "
     "until\n"
     "  virtual time is T seconds.\n"
     "  Example: until main\n"
     "  Example: until time 0.0125\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_until},
    {"epoch", NULL, "[N]", "run to the end of this epoch, or of N epochs",
     "  Stops before the first instruction of the epoch that follows. A bare computer has no epochs.\n"
     "  Example: epoch 5\n",
     0, 1, false, true, COMPLETES_NOTHING, command_epoch},
    {"reverse-step", "rs", "[N]", "go back N instructions (1) of the computer looked at",
     "  Also over a fail-over: a computer that had failed lives again. What the terminal has shown stays; it is not\n"
     "  shown again when the run comes there again. Whatever is done or changed after going back begins a new future.\n"
     "  Example: reverse-step 10\n",
     0, 1, false, true, COMPLETES_NOTHING, command_reverse_step},
    {"reverse-continue", "rc", "", "go back to the last breakpoint before here, or to the start",
     "  Conditions are looked at; hits are not counted, and temporary breakpoints stay.\n"
     "  Example: reverse-continue\n",
     0, 0, false, false, COMPLETES_NOTHING, command_reverse_continue},
    {"reverse-epoch", NULL, "[N]", "go back to the beginning of this epoch, or of the N-th before",
     "  At the beginning of an epoch: to that of the one before. A bare computer has no epochs.\n"
     "  Example: reverse-epoch 5\n",
     0, 1, false, true, COMPLETES_NOTHING, command_reverse_epoch},
    {"crash", NULL, "[WHO] [WHERE]", "make a computer fail, now or there",
     "  WHO is primary or backup, or else the computer looked at. WHERE is instruction=N, epoch=N, time=T,\n"
     "  step=NAME[:K] or operation=K[.before|.issued|.partial:MASK|.performed|.completed]. WHO@WHERE is one word for\n"
     "  both. What has a WHERE, here and in the commands below, is kept for the next 'load', until the next 'system'.\n"
     "  Example: crash primary operation=3.performed\n",
     0, 2, false, false, COMPLETES_ROLE, command_crash},
    {"repair", NULL, "[WHERE]", "the computer that has failed is made new and joins the survivor as its backup",
     "  When the survivor is at WHERE, or else at its next epoch.\n"
     "  Example: repair epoch=20\n",
     0, 1, false, false, COMPLETES_NOTHING, command_repair},
    {"cut", NULL, "[WHERE]", "cut the channel",
     "  What is sent waits until it is healed, and nothing comes back: both fall silent to each other.\n"
     "  Example: cut epoch=5\n",
     0, 1, false, false, COMPLETES_NOTHING, command_cut},
    {"heal", NULL, "[WHERE]", "heal the channel", "  What has waited is sent.\n  Example: heal time=0.25\n", 0, 1,
     false, false, COMPLETES_NOTHING, command_heal},
    {"delay", NULL, "TIME [WHERE]", "messages take TIME longer from then on",
     "  TIME is a number with us, ms or s behind it. More than the setting timeout-us: the living primary is declared\n"
     "  failed. 'delay 0' ends it.\n"
     "  Example: delay 6ms epoch=3\n",
     1, 2, false, false, COMPLETES_NOTHING, command_delay},
    {"ack-loss", NULL, "[WHERE]", "lose the acknowledgements that are under way",
     "  That of the next message stands in for them.\n"
     "  Example: ack-loss epoch=7\n",
     0, 1, false, false, COMPLETES_NOTHING, command_ack_loss},
    {"flip", NULL, "WHO REGISTER|ADDR BIT [WHERE]", "change a bit in one computer only",
     "  Of a general register (bit 0, the most significant, to 31) or of a byte of memory (0 to 7; ADDR is physical).\n"
     "  With 'set digest-epochs=1' the computers notice at the end of the epoch and say where they differ.\n"
     "  Example: flip backup r3 31 instruction=2000\n",
     3, 4, false, false, COMPLETES_ROLE, command_flip},
    {"disk", NULL, "commit|fail BLOCK [WHERE]", "write the disk's changes to the image file; make a block of it fail",
     "  Until 'disk commit' or 'quit' changes are kept in memory. Commands that touch a block that fails end with a\n"
     "  medium error.\n"
     "  Example: disk fail 7 operation=2\n",
     1, 3, false, false, COMPLETES_NOTHING, command_disk},
    {"assume", NULL, "[NAME off|on]", "break an assumption of the protocols, or mend it",
     "  Without words: list them. Some take effect at once, the others at the next 'load', and say so.\n"
     "  Example: assume fencing off\n",
     0, 2, false, false, COMPLETES_ASSUMPTION, command_assume},
    {"arbiter", NULL, "off|on", "everyone who asks the arbiter wins: assume arbiter off", "  Example: arbiter off\n", 1,
     1, false, false, COMPLETES_NOTHING, command_arbiter},
    {"info", "i", "TOPIC", "show something (help info lists the topics)", "  Example: info registers r3 sp psw\n", 1,
     WORDS_MAX, false, false, COMPLETES_INFO, command_info},
    {"x", NULL, "/FMT [ADDR]", "examine memory",
     "  FMT is a count, a letter of x d u o t c a s i f (hexadecimal, decimal, unsigned, octal, binary, character,\n"
     "  address, string, instruction, floating point) and a size of b h w g (1, 2, 4, 8 bytes). What is left out\n"
     "  stays as it was. ADDR is an expression: what the processor sees there now, or a physical address (phys:E).\n"
     "  Without ADDR it goes on where it stopped. Device registers are not read, because that could change them.\n"
     "  Example: x/4xw $sp-16\n"
     "  Example: x/2i phys:0x10800\n",
     0, WORDS_MAX, true, true, COMPLETES_ADDRESS, command_examine},
    {"print", "p", "[/FMT] EXPR", "the value of an expression",
     "  In hexadecimal, in decimal, and the symbol that lies there; or as FMT says: a letter of x d u o t c a f and a\n"
     "  size of b h w g, as for x. EXPR has C's operators on numbers of 64 bits (decimal, 0x..., 0b..., 'c'), "
     "symbols,\n"
     "  $registers, $variables and facts ('info variables'), and memory: *E is the word at address E, byte(E), "
     "half(E),\n"
     "  word(E) and double(E) are 1, 2, 4, 8 bytes; phys:E makes E a physical address.\n"
     "  Example: print $sp - main + 0x10\n"
     "  Example: print/t byte($r26+3) & 0xf\n",
     1, WORDS_MAX, true, false, COMPLETES_ADDRESS, command_print},
    {"symbol", NULL, "ADDR|NAME", "the symbol that lies at an address, or where a symbol is",
     "  With its size, if the image says it.\n"
     "  Example: symbol $rp\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_symbol},
    {"backtrace", "bt", "[N]", "the calls that led here, at most N (50)",
     "  The innermost first: address, symbol, stack pointer. From the image's unwind table (.PARISC.unwind) and the\n"
     "  instructions at each function's beginning; it ends where these make no sense.\n"
     "  Example: backtrace 5\n",
     0, 1, false, false, COMPLETES_NOTHING, command_backtrace},
    {"history", NULL, "[N]", "the last N instructions (20) that were executed, with their effects",
     "  'set history N' keeps that many from then on, 0 none: that is how it begins, because keeping them is slow. "
     "Each\n"
     "  with its number, address, word, the registers that it changed and its memory reference; docs/trace.md says "
     "more.\n"
     "  Example: history 5\n",
     0, 1, false, false, COMPLETES_NOTHING, command_history},
    {"trace", NULL, "[FILE|off]", "write every instruction that is executed, with its effects, to a file",
     "  Of the computer looked at; the lines are those of 'history' (docs/trace.md). Changes nothing that the guest\n"
     "  does. Without a word: whether one is written.\n"
     "  Example: trace run.trace\n",
     0, 1, false, false, COMPLETES_FILE, command_trace},
    {"disassemble", NULL, "[ADDR [N]]", "show N instructions (8) from ADDR",
     "  Without ADDR: from where the computer is, and the second time from where it stopped. => marks the instruction\n"
     "  that comes next.\n"
     "  Example: disassemble main 20\n",
     0, 2, false, true, COMPLETES_ADDRESS, command_disassemble},
    {"break", "b", "PLACE [if EXPR]", "stop the guest at a place, each time",
     "  PLACE is an address: before the instruction there; or\n"
     "    epoch N            before the first instruction of epoch N\n"
     "    operation [K]      before the guest's output K (a store), or each output\n"
     "    step NAME[:K]      when a protocol step is taken the K-th time, or each\n"
     "    message [CLASS]    when one is sent or received; or of a class only\n"
     "    trap [VECTOR]      when an interruption is taken, before its handler runs\n"
     "  Classes of messages are interrupt, value, time, end, off, heartbeat, digest, join-state, join-page, "
     "join-done.\n"
     "  All at the computer looked at. With 'if' it stops only while EXPR is not 0; 'condition' changes that.\n"
     "  A run never stops at the place at which it begins. 'info breakpoints' lists them.\n"
     "  Example: break main+0x10 if $r3 > 5\n"
     "  Example: break step end-sent:3\n",
     1, WORDS_MAX, false, false, COMPLETES_PLACE, command_break},
    {"tbreak", NULL, "PLACE [if EXPR]", "stop the guest at a place, once",
     "  As 'break', and deleted when it has stopped the guest.\n"
     "  Example: tbreak trap 15\n",
     1, WORDS_MAX, false, false, COMPLETES_PLACE, command_tbreak},
    {"watch", NULL, "ADDR[,LENGTH]", "stop after an instruction that writes to memory",
     "  To any of the LENGTH bytes (4) from ADDR on; or of *ADDR, byte(ADDR), half, word, double. What the disk's DMA\n"
     "  writes is no instruction's. Costs time only while the guest uses the watched pages.\n"
     "  Example: watch counter\n"
     "  Example: watch buffer,512\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_watch},
    {"rwatch", NULL, "ADDR[,LENGTH]", "stop after an instruction that reads memory",
     "  As 'watch'.\n"
     "  Example: rwatch byte(flags+3)\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_rwatch},
    {"awatch", NULL, "ADDR[,LENGTH]", "stop after an instruction that reads or writes memory",
     "  As 'watch'.\n"
     "  Example: awatch $sp-64,64\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_awatch},
    {"condition", NULL, "N [EXPR]", "breakpoint N stops only while EXPR is not 0",
     "  Without EXPR: always again.\n"
     "  Example: condition 2 $arg0 == 0\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_condition},
    {"ignore", NULL, "N COUNT", "pass breakpoint N COUNT times before it stops",
     "  Times at which its condition does not hold do not count.\n"
     "  Example: ignore 1 99\n",
     2, 2, false, false, COMPLETES_NOTHING, command_ignore},
    {"enable", NULL, "[N]...", "let the breakpoints N, or all, stop the guest again", "  Example: enable 1 3\n", 0,
     WORDS_MAX, false, false, COMPLETES_NOTHING, command_enable},
    {"disable", NULL, "[N]...", "keep the breakpoints N, or all, and do not stop at them", "  Example: disable 1\n", 0,
     WORDS_MAX, false, false, COMPLETES_NOTHING, command_disable},
    {"delete", "d", "[N]...", "delete the breakpoints N, or all",
     "  'info breakpoints' shows the numbers.\n"
     "  Example: delete 2\n",
     0, WORDS_MAX, false, false, COMPLETES_NOTHING, command_delete},
    {"focus", NULL, "[primary|backup]", "look at the primary or the backup",
     "  step, epoch, break, info and x mean the computer looked at. The prompt says which it is.\n"
     "  Example: focus backup\n",
     0, 1, false, false, COMPLETES_ROLE, command_focus},
    {"set", NULL, "NAME=VALUE|$NAME=EXPR|*ADDR=EXPR", "change a setting, a register, memory, or a variable",
     "  'info settings' lists the settings. One takes effect at once if the system has not run yet; later only those\n"
     "  that are looked at whenever they are needed do, the others at the next 'load', and this says so. Registers\n"
     "  ($pc, $r3, ...) and memory (*ADDR, byte(ADDR), half, word, double; RAM only) change at the computer looked at\n"
     "  and not at the other one. Any other $NAME is a variable of the session, for expressions.\n"
     "  Example: set disk-latency-us=500\n"
     "  Example: set $before = $sp-16\n"
     "  Example: set byte(buffer+1) = 'x'\n",
     1, WORDS_MAX, false, false, COMPLETES_SETTING, command_set},
    {"compare", NULL, "", "the two computers at one instruction: equal, or the first difference",
     "  The one that is behind is let run up to the other's instruction and then put back. The difference is named by\n"
     "  register, TLB entry, device register or byte of memory. $differ says afterwards what was found.\n"
     "  Example: compare\n",
     0, 0, false, false, COMPLETES_NOTHING, command_compare},
    {"who-knows", NULL, "[EPOCH]", "what was sent, is in flight, was received, acknowledged, delivered",
     "  Of the last epochs in numbers, or of one message by message. At the present time; of computers that failed\n"
     "  also what was lost.\n"
     "  Example: who-knows 3\n",
     0, 1, false, false, COMPLETES_NOTHING, command_who_knows},
    {"timeline", NULL, "[FILE.svg] [EPOCHS]", "the two computers on one time line: epochs, messages, outputs, failures",
     "  Of the last EPOCHS (4; drawn 20) epochs: as text, or as a drawing in FILE.svg.\n"
     "  Example: timeline run.svg 50\n",
     0, 2, false, false, COMPLETES_FILE, command_timeline},
    {"expect", NULL, "[operator|trace] TEXT [within N]", "run until the terminal shows TEXT; fail if it does not",
     "  Counts from where the last expect stopped. The guest stops at the instruction that completed TEXT. It fails "
     "if\n"
     "  the run ends, stops at a breakpoint, or has executed N more instructions before. A TEXT with blanks stands in\n"
     "  quotes; \\n, \\t, \\xHH mean what they do in C. 'operator': TEXT is told to the operator's console.\n"
     "  'trace': TEXT is in the line that 'trace FILE' writes for an instruction; the guest stops right after that "
     "one.\n"
     "  Example: expect \"login: \" within 50000000\n"
     "  Example: expect operator \"declared failed\"\n"
     "  Example: expect trace \"w4[00014000]=\" within 100000\n",
     1, 4, false, false, COMPLETES_NOTHING, command_expect},
    {"send", NULL, "TEXT", "type TEXT at the guest's terminal",
     "  It reaches the guest as it runs on, one byte per ten bit times. \\n, \\r, \\xHH mean what they do in C.\n"
     "  Example: send \"root\\n\"\n",
     1, WORDS_MAX, false, false, COMPLETES_NOTHING, command_send},
    {"assert", NULL, "EXPR|explainable|end HOW|same-output FILE|replayed", "fail unless it holds",
     "  EXPR is not 0; 'explainable': one computer could have done what the devices did; 'end HOW': running, exit,\n"
     "  timeout, stopped, halted or lost; 'same-output FILE': the terminal has shown exactly the bytes of FILE;\n"
     "  'replayed': the replay came to the end that its recording says.\n"
     "  Example: assert $status == 0 && $failovers == 1\n"
     "  Example: assert explainable\n",
     1, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_assert},
    {"record", NULL, "FILE", "write what the guest consumes to FILE, for replay",
     "  Before the first instruction. FILE is written when the run has ended, or at the end of the session.\n"
     "  Example: record run.log\n",
     1, 1, false, false, COMPLETES_FILE, command_record},
    {"replay", NULL, "FILE", "build a system that follows the recording FILE",
     "  From the file alone, without disk and input; then run and look as ever. 'assert replayed' checks its end.\n"
     "  Example: replay run.log\n",
     1, 1, false, false, COMPLETES_FILE, command_replay},
    {"if", NULL, "EXPR", "run the lines up to else or end if EXPR is not 0",
     "  if EXPR, lines, else, lines, end; 'else' and its lines may be missing. Each word stands in a line of its own,\n"
     "  written in full. The lines may hold other if, while and repeat.\n"
     "  Example: if $failovers\n"
     "             echo the backup serves\n"
     "           end\n",
     0, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_control},
    {"else", NULL, "", "the other lines of if", "  Example: help if\n", 0, 0, false, false, COMPLETES_NOTHING,
     command_control},
    {"end", NULL, "", "the end of if, while or repeat", "  Example: help if\n", 0, 0, false, false, COMPLETES_NOTHING,
     command_control},
    {"while", NULL, "EXPR", "run the lines up to end as long as EXPR is not 0",
     "  Example: while $end == $running\n"
     "             epoch\n"
     "           end\n",
     0, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_control},
    {"repeat", NULL, "N", "run the lines up to end N times",
     "  N is an expression, looked at once.\n"
     "  Example: repeat 10\n"
     "             step 100\n"
     "           end\n",
     0, WORDS_MAX, false, false, COMPLETES_ADDRESS, command_control},
    {"source", NULL, "FILE", "run the commands in FILE",
     "  A path in a script means: from the folder of that script. Variables are shared.\n"
     "  Example: source common.us\n",
     1, 1, false, false, COMPLETES_FILE, command_source},
    {"echo", NULL, "[TEXT]", "print TEXT", "  As it is typed, and a new line.\n  Example: echo the second half\n", 0,
     WORDS_MAX, false, false, COMPLETES_NOTHING, command_echo},
    {"gdb", NULL, "PORT", "let a gdb look at both computers and drive them",
     "  Waits at PORT of this host (0: any; it is said on stderr) until a gdb has come and gone. Ctrl-C gives up.\n"
     "  The guest is then where gdb left it. In gdb-multiarch: target extended-remote localhost:PORT\n"
     "  Example: gdb 1234\n",
     1, 1, false, false, COMPLETES_NOTHING, command_gdb},
    {"help", NULL, "[COMMAND]", "say what commands there are, or what COMMAND does", "  Example: help crash\n", 0, 2,
     false, false, COMPLETES_COMMAND, command_help},
    {"save", NULL, "FILE", "write the whole system to FILE",
     "  Both computers, memory, devices, channel, disks, and the options that built the system: 'restore' goes on "
     "from\n"
     "  it, in this session or another one.\n"
     "  Example: save before-the-crash.save\n",
     1, 1, false, false, COMPLETES_FILE, command_save},
    {"restore", NULL, "FILE", "go on from a system that 'save' has written",
     "  The system that is there is thrown away. The disks have the content that they had, whatever their image files\n"
     "  have now. Going back in time begins anew here. If FILE cannot be read, everything stays as it is.\n"
     "  Example: restore before-the-crash.save\n",
     1, 1, false, false, COMPLETES_FILE, command_restore},
    {"quit", NULL, "", "write the disk's changes to the image file, and leave", "  Example: quit\n", 0, 0, false, false,
     COMPLETES_NOTHING, command_quit},
    {0},
};

const struct command info_topics[] = {
    {"registers", NULL, "[NAME]...", "the processor's registers, or those named", "  Example: info registers sp rp\n",
     0, WORDS_MAX, false, false, COMPLETES_NOTHING, info_registers},
    {"fpu", NULL, "", "floating-point status, exception registers and registers", "  Example: info fpu\n", 0, 0, false,
     false, COMPLETES_NOTHING, info_fpu},
    {"control", NULL, "", "control registers and shadow registers, with their names", "  Example: info control\n", 0, 0,
     false, false, COMPLETES_NOTHING, info_control},
    {"tlb", NULL, "", "what the TLBs of the processor translate", "  Example: info tlb\n", 0, 0, false, false,
     COMPLETES_NOTHING, info_tlb},
    {"traps", NULL, "", "interruptions pending and enabled, and the delayed-trap unit", "  Example: info traps\n", 0, 0,
     false, false, COMPLETES_NOTHING, info_traps},
    {"devices", NULL, "[NAME]", "the devices' registers and what else their state is",
     "  NAME is the beginning of a device's name. Looking changes nothing, other than a guest's loads.\n"
     "  Example: info devices uart\n",
     0, 1, false, false, COMPLETES_NOTHING, info_devices},
    {"channel", NULL, "", "what the computer looked at has sent over the channel", "  Example: info channel\n", 0, 0,
     false, false, COMPLETES_NOTHING, info_channel},
    {"monitor", NULL, "", "the virtual machine monitor below the guest: role, epoch, protocol, what it waits for",
     "  Example: info monitor\n", 0, 0, false, false, COMPLETES_NOTHING, info_monitor},
    {"log", NULL, "", "what the log holds that the virtual processor has not consumed", "  Example: info log\n", 0, 0,
     false, false, COMPLETES_NOTHING, info_log},
    {"outstanding", NULL, "", "operations that the virtual processor has issued and not heard of again",
     "  Example: info outstanding\n", 0, 0, false, false, COMPLETES_NOTHING, info_outstanding},
    {"settings", NULL, "", "settings: value, unit, limits, what they are", "  Example: info settings\n", 0, 0, false,
     false, COMPLETES_NOTHING, info_settings},
    {"clock", NULL, "", "where each computer is in virtual time", "  Example: info clock\n", 0, 0, false, false,
     COMPLETES_NOTHING, info_clock},
    {"snapshots", NULL, "", "the snapshots that there are to go back to, oldest first", "  Example: info snapshots\n",
     0, 0, false, false, COMPLETES_NOTHING, info_snapshots},
    {"breakpoints", NULL, "", "the breakpoints: number, place, condition, how often they were hit",
     "  Example: info breakpoints\n", 0, 0, false, false, COMPLETES_NOTHING, info_breakpoints},
    {"variables", NULL, "", "variables of the session, and the facts of the run that expressions may use",
     "  Example: info variables\n", 0, 0, false, false, COMPLETES_NOTHING, info_variables},
    {0},
};

const struct command *command_find(const struct command *table, const char *what, const char *name, size_t length,
                                   struct error *error)
{
    const struct command *found = NULL;
    char candidates[256] = "";
    unsigned count = 0;
    for (const struct command *row = table; row->name; row++) {
        if (row->alias && strlen(row->alias) == length && strncmp(row->alias, name, length) == 0)
            return row;
        if (length == 0 || strncmp(row->name, name, length) != 0)
            continue;
        if (row->name[length] == '\0')
            return row;
        size_t used = strlen(candidates);
        snprintf(candidates + used, sizeof candidates - used, "%s%s", count ? ", " : "", row->name);
        found = row;
        count++;
    }
    if (count == 1)
        return found;
    if (count)
        error_set(error, "'%.*s' is not one %s but several: %s", (int)length, name, what, candidates);
    else
        error_set(error, "unknown %s '%.*s': '%s' lists them", what, (int)length, name,
                  table == commands ? "help" : "help info");
    return NULL;
}

bool arguments_count(const struct arguments *arguments, uint64_t *count, struct error *error)
{
    *count = 1;
    if (arguments->count && (!text_number(arguments->at[0], count) || *count == 0 || *count > UINT64_MAX / 4))
        return error_set(error, "'%s' is no count: a number from 1 is wanted", arguments->at[0]);
    return true;
}

bool command_call(const struct command *row, struct monitor *monitor, const struct arguments *arguments,
                  struct error *error)
{
    if (arguments->count < row->count_min || arguments->count > row->count_max)
        return error_set(error, "%s %s: '%s%s%s' is wanted", row->name,
                         arguments->count < row->count_min ? "needs more" : "takes less", row->name,
                         *row->arguments && *row->arguments != '/' ? " " : "", row->arguments);
    if (arguments->format && !row->takes_format)
        return error_set(error, "%s takes no /%s", row->name, arguments->format);
    return row->run(monitor, arguments, error);
}

bool command_info(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *name = arguments->at[0];
    const struct command *row = command_find(info_topics, "topic of info", name, strlen(name), error);
    struct arguments rest = {NULL, NULL, arguments->count - 1, arguments->at + 1};
    return row && command_call(row, monitor, &rest, error);
}
