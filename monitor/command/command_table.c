/* command_table.c - the table of commands. See command.h. */
#include "monitor/command/command.h"

#include "monitor/base/text.h"

const struct command commands[] = {
    {.name = "system",
     .arguments = "[OPTIONS]",
     .help = "build a system",
     .more = "  The options are those of 'understudy run', except --json. Settings made by 'set' stay. What was there "
             "before is\n"
             "  thrown away; an image has to be loaded again; a kernel (--kernel) is.\n"
             "  Example: system --mode pair --epoch 1000 --disk disk.img,snapshot\n",
     .count_max = WORDS_MAX,
     .drives = true,
     .completes = COMPLETES_OPTION,
     .run = command_system},
    {.name = "load",
     .arguments = "[IMAGE]",
     .help = "load a guest and start at its beginning",
     .more = "  IMAGE is a 32-bit PA-RISC ELF executable. Its symbols become addresses. Without IMAGE the last one is "
             "loaded\n"
             "  again. If the system has run, a new one is built with the same options and crash points.\n"
             "  Example: load hello.elf\n",
     .count_max = 1,
     .completes = COMPLETES_FILE,
     .run = command_load},
    {.name = "boot",
     .arguments = "",
     .help = "start the guest that is loaded at its beginning, in a new system",
     .more =
         "  What 'load' without IMAGE does: the same options, crash points and disk file; memory and registers as at\n"
         "  power-on.\n"
         "  Example: boot\n",
     .run = command_load},
    {.name = "reset",
     .arguments = "",
     .help = "reset the guest, as the system controller's reset register does",
     .more =
         "  The image is put back and entered; disk, terminal and time go on. Of a bare computer at once, of a solo "
         "one at\n"
         "  the end of the epoch. In a pair only the guest can do it, because both computers must do it at one place.\n"
         "  Example: reset\n",
     .run = command_reset},
    {.name = "continue",
     .alias = "c",
     .arguments = "",
     .help = "run until the end, a breakpoint or Ctrl-C",
     .more = "  If the computer that is looked at fails, the run goes on at the other one.\n"
             "  Example: continue\n",
     .drives = true,
     .run = command_continue},
    {.name = "step",
     .alias = "s",
     .arguments = "[N]",
     .help = "run N instructions (1) of the computer looked at",
     .more = "  Counted as everywhere: an instruction completed, one nullified, an interruption taken. An empty line "
             "at the\n"
             "  prompt steps again.\n"
             "  Example: step 10\n",
     .count_max = 1,
     .repeats = true,
     .run = command_step},
    {.name = "next",
     .alias = "n",
     .arguments = "[N]",
     .help = "run N instructions (1), each call as one",
     .more = "  A call is a branch that links (b,l, blr, be,l): with all that it calls it runs until it has returned "
             "to this\n"
             "  frame, a breakpoint, or the end. An empty line at the prompt goes on.\n"
             "  Example: next 3\n",
     .count_max = 1,
     .repeats = true,
     .run = command_next},
    {.name = "finish",
     .arguments = "",
     .help = "run until the present function has returned",
     .more = "  Shows ret0, the function's result. Where it returns to is found as by 'backtrace'.\n"
             "  Example: finish\n",
     .run = command_finish},
    {.name = "until",
     .alias = "u",
     .arguments = "ADDR|epoch N|instruction N|time T",
     .help = "run until a place or a moment, once",
     .more = "  Before the instruction at ADDR; before epoch N's first instruction; before instruction N (the first is "
             "0); until\n"
             "  virtual time is T seconds.\n"
             "  Example: until main\n"
             "  Example: until time 0.0125\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_until},
    {.name = "epoch",
     .arguments = "[N]",
     .help = "run to the end of this epoch, or of N epochs",
     .more = "  Stops before the first instruction of the epoch that follows. A bare computer has no epochs.\n"
             "  Example: epoch 5\n",
     .count_max = 1,
     .repeats = true,
     .run = command_epoch},
    {.name = "reverse-step",
     .alias = "rs",
     .arguments = "[N]",
     .help = "go back N instructions (1) of the computer looked at",
     .more = "  Also over a fail-over: a computer that had failed lives again. What the terminal has shown stays; it "
             "is not\n"
             "  shown again when the run comes there again. Whatever is done or changed after going back begins a new "
             "future.\n"
             "  Example: reverse-step 10\n",
     .count_max = 1,
     .repeats = true,
     .run = command_reverse_step},
    {.name = "reverse-continue",
     .alias = "rc",
     .arguments = "",
     .help = "go back to the last breakpoint before here, or to the start",
     .more = "  Conditions are looked at; hits are not counted, and temporary breakpoints stay.\n"
             "  Example: reverse-continue\n",
     .run = command_reverse_continue},
    {.name = "reverse-epoch",
     .arguments = "[N]",
     .help = "go back to the beginning of this epoch, or of the N-th before",
     .more = "  At the beginning of an epoch: to that of the one before. A bare computer has no epochs.\n"
             "  Example: reverse-epoch 5\n",
     .count_max = 1,
     .repeats = true,
     .run = command_reverse_epoch},
    {.name = "crash",
     .arguments = "[WHO] [WHERE]",
     .help = "make a computer fail, now or there",
     .more = "  WHO is primary or backup, or else the computer looked at. WHERE is instruction=N, epoch=N, time=T,\n"
             "  step=NAME[:K] or operation=K[.before|.issued|.partial:MASK|.performed|.completed]. WHO@WHERE is one "
             "word for\n"
             "  both. What has a WHERE, here and in the commands below, is kept for the next 'load', until the next "
             "'system'.\n"
             "  Example: crash primary operation=3.performed\n",
     .count_max = 2,
     .completes = COMPLETES_ROLE,
     .run = command_crash},
    {.name = "repair",
     .arguments = "[WHERE]",
     .help = "the computer that has failed is made new and joins the survivor as its backup",
     .more = "  When the survivor is at WHERE, or else at its next epoch.\n"
             "  Example: repair epoch=20\n",
     .count_max = 1,
     .run = command_repair},
    {.name = "cut",
     .arguments = "[WHERE]",
     .help = "cut the channel",
     .more = "  What is sent waits until it is healed, and nothing comes back: both fall silent to each other.\n"
             "  Example: cut epoch=5\n",
     .count_max = 1,
     .run = command_cut},
    {.name = "heal",
     .arguments = "[WHERE]",
     .help = "heal the channel",
     .more = "  What has waited is sent.\n"
             "  Example: heal time=0.25\n",
     .count_max = 1,
     .run = command_heal},
    {.name = "delay",
     .arguments = "TIME [WHERE]",
     .help = "messages take TIME longer from then on",
     .more = "  TIME is a number with us, ms or s behind it. More than the setting timeout-us: the living primary is "
             "declared\n"
             "  failed. 'delay 0' ends it.\n"
             "  Example: delay 6ms epoch=3\n",
     .count_min = 1,
     .count_max = 2,
     .run = command_delay},
    {.name = "ack-loss",
     .arguments = "[WHERE]",
     .help = "lose the acknowledgements that are under way",
     .more = "  That of the next message stands in for them.\n"
             "  Example: ack-loss epoch=7\n",
     .count_max = 1,
     .run = command_ack_loss},
    {.name = "flip",
     .arguments = "WHO REGISTER|ADDR BIT [WHERE]",
     .help = "change a bit in one computer only",
     .more = "  Of a general register (bit 0, the most significant, to 31) or of a byte of memory (0 to 7; ADDR is "
             "physical).\n"
             "  With 'set digest-epochs=1' the computers notice at the end of the epoch and say where they differ.\n"
             "  Example: flip backup r3 31 instruction=2000\n",
     .count_min = 3,
     .count_max = 4,
     .completes = COMPLETES_ROLE,
     .run = command_flip},
    {.name = "disk",
     .arguments = "commit|fail BLOCK [WHERE]",
     .help = "write the disk's changes to the image file; make a block of it fail",
     .more = "  Until 'disk commit' or 'quit' changes are kept in memory. Commands that touch a block that fails end "
             "with a\n"
             "  medium error.\n"
             "  Example: disk fail 7 operation=2\n",
     .count_min = 1,
     .count_max = 3,
     .run = command_disk},
    {.name = "assume",
     .arguments = "[NAME off|on]",
     .help = "break an assumption of the protocols, or mend it",
     .more = "  Without words: list them. Some take effect at once, the others at the next 'load', and say so.\n"
             "  Example: assume fencing off\n",
     .count_max = 2,
     .completes = COMPLETES_ASSUMPTION,
     .run = command_assume},
    {.name = "arbiter",
     .arguments = "off|on",
     .help = "everyone who asks the arbiter wins: assume arbiter off",
     .more = "  Example: arbiter off\n",
     .count_min = 1,
     .count_max = 1,
     .run = command_arbiter},
    {.name = "info",
     .alias = "i",
     .arguments = "TOPIC",
     .help = "show something (help info lists the topics)",
     .more = "  Example: info registers r3 sp psw\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_INFO,
     .run = command_info},
    {.name = "x",
     .arguments = "/FMT [ADDR]",
     .help = "examine memory",
     .more =
         "  FMT is a count, a letter of x d u o t c a s i f (hexadecimal, decimal, unsigned, octal, binary, "
         "character,\n"
         "  address, string, instruction, floating point) and a size of b h w g (1, 2, 4, 8 bytes). What is left out\n"
         "  stays as it was. ADDR is an expression: what the processor sees there now, or a physical address "
         "(phys:E).\n"
         "  Without ADDR it goes on where it stopped. Device registers are not read, because that could change them.\n"
         "  Example: x/4xw $sp-16\n"
         "  Example: x/2i phys:0x10800\n",
     .count_max = WORDS_MAX,
     .takes_format = true,
     .repeats = true,
     .completes = COMPLETES_ADDRESS,
     .run = command_examine},
    {.name = "print",
     .alias = "p",
     .arguments = "[/FMT] EXPR",
     .help = "the value of an expression",
     .more = "  In hexadecimal, in decimal, and the symbol that lies there; or as FMT says: a letter of x d u o t c a "
             "f and a\n"
             "  size of b h w g, as for x. EXPR has C's operators on numbers of 64 bits (decimal, 0x..., 0b..., 'c'), "
             "symbols,\n"
             "  $registers, $variables and facts ('info variables'), and memory: *E is the word at address E, byte(E), "
             "half(E),\n"
             "  word(E) and double(E) are 1, 2, 4, 8 bytes; phys:E makes E a physical address.\n"
             "  Example: print $sp - main + 0x10\n"
             "  Example: print/t byte($r26+3) & 0xf\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .takes_format = true,
     .completes = COMPLETES_ADDRESS,
     .run = command_print},
    {.name = "symbol",
     .arguments = "ADDR|NAME",
     .help = "the symbol that lies at an address, or where a symbol is",
     .more = "  With its size, if the image says it.\n"
             "  Example: symbol $rp\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_symbol},
    {.name = "backtrace",
     .alias = "bt",
     .arguments = "[N]",
     .help = "the calls that led here, at most N (50)",
     .more = "  The innermost first: address, symbol, stack pointer. From the image's unwind table (.PARISC.unwind) "
             "and the\n"
             "  instructions at each function's beginning; it ends where these make no sense.\n"
             "  Example: backtrace 5\n",
     .count_max = 1,
     .run = command_backtrace},
    {.name = "history",
     .arguments = "[N]",
     .help = "the last N instructions (20) that were executed, with their effects",
     .more = "  'set history N' keeps that many from then on, 0 none: that is how it begins, because keeping them is "
             "slow. Each\n"
             "  with its number, address, word, the registers that it changed and its memory reference; docs/trace.md "
             "says more.\n"
             "  Example: history 5\n",
     .count_max = 1,
     .run = command_history},
    {.name = "trace",
     .arguments = "[FILE|off]",
     .help = "write every instruction that is executed, with its effects, to a file",
     .more = "  Of the computer looked at; the lines are those of 'history' (docs/trace.md). Changes nothing that the "
             "guest\n"
             "  does. Without a word: whether one is written.\n"
             "  Example: trace run.trace\n",
     .count_max = 1,
     .completes = COMPLETES_FILE,
     .run = command_trace},
    {.name = "disassemble",
     .arguments = "[ADDR [N]]",
     .help = "show N instructions (8) from ADDR",
     .takes_format = true,
     .more = "  Without ADDR: from where the computer is, and the second time from where it stopped. => marks the "
             "instruction\n"
             "  that comes next. /n: below each the host's instructions that the translator has made of it, as the "
             "host's\n"
             "  objdump shows them, or their bytes; their numbers are bytes from the beginning of a block's code. "
             "Instructions\n"
             "  that were seldom executed have none, nor has any after a breakpoint came or went (docs/engine.md).\n"
             "  Example: disassemble main 20\n",
     .count_max = 2,
     .repeats = true,
     .completes = COMPLETES_ADDRESS,
     .run = command_disassemble},
    {.name = "break",
     .alias = "b",
     .arguments = "PLACE [if EXPR]",
     .help = "stop the guest at a place, each time",
     .more = "  PLACE is an address: before the instruction there; or\n"
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
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_PLACE,
     .run = command_break},
    {.name = "tbreak",
     .arguments = "PLACE [if EXPR]",
     .help = "stop the guest at a place, once",
     .more = "  As 'break', and deleted when it has stopped the guest.\n"
             "  Example: tbreak trap 15\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_PLACE,
     .run = command_tbreak},
    {.name = "watch",
     .arguments = "ADDR[,LENGTH]",
     .help = "stop after an instruction that writes to memory",
     .more = "  To any of the LENGTH bytes (4) from ADDR on; or of *ADDR, byte(ADDR), half, word, double. What the "
             "disk's DMA\n"
             "  writes is no instruction's. Costs time only while the guest uses the watched pages.\n"
             "  Example: watch counter\n"
             "  Example: watch buffer,512\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_watch},
    {.name = "rwatch",
     .arguments = "ADDR[,LENGTH]",
     .help = "stop after an instruction that reads memory",
     .more = "  As 'watch'.\n"
             "  Example: rwatch byte(flags+3)\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_rwatch},
    {.name = "awatch",
     .arguments = "ADDR[,LENGTH]",
     .help = "stop after an instruction that reads or writes memory",
     .more = "  As 'watch'.\n"
             "  Example: awatch $sp-64,64\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_awatch},
    {.name = "condition",
     .arguments = "N [EXPR]",
     .help = "breakpoint N stops only while EXPR is not 0",
     .more = "  Without EXPR: always again.\n"
             "  Example: condition 2 $arg0 == 0\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_condition},
    {.name = "ignore",
     .arguments = "N COUNT",
     .help = "pass breakpoint N COUNT times before it stops",
     .more = "  Times at which its condition does not hold do not count.\n"
             "  Example: ignore 1 99\n",
     .count_min = 2,
     .count_max = 2,
     .run = command_ignore},
    {.name = "enable",
     .arguments = "[N]...",
     .help = "let the breakpoints N, or all, stop the guest again",
     .more = "  Example: enable 1 3\n",
     .count_max = WORDS_MAX,
     .run = command_enable},
    {.name = "disable",
     .arguments = "[N]...",
     .help = "keep the breakpoints N, or all, and do not stop at them",
     .more = "  Example: disable 1\n",
     .count_max = WORDS_MAX,
     .run = command_disable},
    {.name = "delete",
     .alias = "d",
     .arguments = "[fault] [N]...",
     .help = "delete the breakpoints N, or all; or faults that have not happened",
     .more = "  'info breakpoints' and 'info faults' show the numbers. A fault that is deleted is not planned again by "
             "'load'.\n"
             "  Example: delete 2\n"
             "  Example: delete fault 1\n",
     .count_max = WORDS_MAX,
     .run = command_delete},
    {.name = "focus",
     .arguments = "[primary|backup]",
     .help = "look at the primary or the backup",
     .more = "  step, epoch, break, info and x mean the computer looked at. The prompt says which it is.\n"
             "  Example: focus backup\n",
     .count_max = 1,
     .completes = COMPLETES_ROLE,
     .run = command_focus},
    {.name = "set",
     .arguments = "NAME=VALUE|$NAME=EXPR|*ADDR=EXPR",
     .help = "change a setting, a register, memory, or a variable",
     .more = "  'info settings' lists the settings. One takes effect at once if the system has not run yet; later only "
             "those\n"
             "  that are looked at whenever they are needed do, the others at the next 'load', and this says so. "
             "Registers\n"
             "  ($pc, $r3, ...) and memory (*ADDR, byte(ADDR), half, word, double; RAM only) change at the computer "
             "looked at\n"
             "  and not at the other one. Any other $NAME is a variable of the session, for expressions.\n"
             "  Example: set disk-latency-us=500\n"
             "  Example: set $before = $sp-16\n"
             "  Example: set byte(buffer+1) = 'x'\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_SETTING,
     .run = command_set},
    {.name = "compare",
     .arguments = "",
     .help = "the two computers at one instruction: equal, or the first difference",
     .more = "  The one that is behind is let run up to the other's instruction and then put back. The difference is "
             "named by\n"
             "  register, TLB entry, device register or byte of memory. $differ says afterwards what was found.\n"
             "  Example: compare\n",
     .run = command_compare},
    {.name = "why",
     .arguments = "",
     .help = "by which rules of the papers the run is where it is",
     .more =
         "  The last fail-over as a chain of rules, each with its paper; what the computer looked at does now, what "
         "was\n"
         "  delivered to it last, the outcome of its last operation; and of an assumption that is broken what would "
         "have\n"
         "  hidden it.\n"
         "  Example: why\n",
     .late = true,
     .run = command_why},
    {.name = "who-knows",
     .arguments = "[EPOCH]",
     .help = "what was sent, is in flight, was received, acknowledged, delivered",
     .more = "  Of the last epochs in numbers, or of one message by message. At the present time; of computers that "
             "failed\n"
             "  also what was lost.\n"
             "  Example: who-knows 3\n",
     .count_max = 1,
     .run = command_who_knows},
    {.name = "timeline",
     .arguments = "[FILE.svg|FILE.json] [EPOCHS|FROM..TO|failover[=N]]",
     .help = "the two computers on one time line: epochs, messages, outputs, failures",
     .more =
         "  Of the last EPOCHS (4; drawn 20) epochs, of the epochs FROM..TO, or around the N-th fail-over (the "
         "last): as text,\n"
         "  as a drawing in FILE.svg, or as an object in FILE.json. An epoch that is not kept any more is refused.\n"
         "  Example: timeline failover\n"
         "  Example: timeline run.svg 50\n",
     .count_max = 2,
     .completes = COMPLETES_FILE,
     .run = command_timeline},
    {.name = "expect",
     .arguments = "[operator|trace] TEXT [within N]",
     .help = "run until the terminal shows TEXT; fail if it does not",
     .more = "  Counts from where the last expect stopped. The guest stops at the instruction that completed TEXT. It "
             "fails if\n"
             "  the run ends, stops at a breakpoint, or has executed N more instructions before. A TEXT with blanks "
             "stands in\n"
             "  quotes; \\n"
             ", \\t, \\xHH mean what they do in C. 'operator': TEXT is told to the operator's console.\n"
             "  'trace': TEXT is in the line that 'trace FILE' writes for an instruction; the guest stops right after "
             "that one.\n"
             "  Example: expect \"login: \" within 50000000\n"
             "  Example: expect operator \"declared failed\"\n"
             "  Example: expect trace \"w4[00014000]=\" within 100000\n",
     .count_min = 1,
     .count_max = 4,
     .run = command_expect},
    {.name = "send",
     .arguments = "TEXT|key CODE down|up|pointer X Y BUTTONS",
     .help = "type TEXT at the guest's terminal; press a key, or move the pointer, of its display",
     .more =
         "  It reaches the guest as it runs on, one byte per ten bit times. \\n"
         ", \\r, \\xHH mean what they do in C.\n"
         "  CODE is a character, a name (enter, left, f1, ...) or a number; BUTTONS are those that are down: 1 left, 2 "
         "middle,\n"
         "  4 right, or their sum. They come with the display's next frame.\n"
         "  Example: send \"root\\n"
         "\"\n"
         "  Example: send key left down\n"
         "  Example: send pointer 320 240 1\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .run = command_send},
    {.name = "assert",
     .arguments = "EXPR|explainable|end HOW|same-output FILE|replayed [\"MEANING\"]",
     .help = "fail unless it holds, and say what that means",
     .more =
         "  EXPR is not 0; 'explainable': one computer could have done what the devices did; 'end HOW': running, "
         "exit,\n"
         "  timeout, stopped, halted or lost; 'same-output FILE': the terminal has shown exactly the bytes of FILE;\n"
         "  'replayed': the replay came to the end that its recording says.\n"
         "  Example: assert $status == 0 && $failovers == 1 \"the backup finishes the work\"\n"
         "  Example: assert explainable\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_assert},
    {.name = "record",
     .arguments = "FILE",
     .help = "write what the guest consumes to FILE, for replay",
     .more = "  Before the first instruction. FILE is written when the run has ended, or at the end of the session.\n"
             "  Example: record run.log\n",
     .count_min = 1,
     .count_max = 1,
     .completes = COMPLETES_FILE,
     .run = command_record},
    {.name = "replay",
     .arguments = "FILE",
     .help = "build a system that follows the recording FILE",
     .more =
         "  From the file alone, without disk and input; then run and look as ever. 'assert replayed' checks its end.\n"
         "  Example: replay run.log\n",
     .count_min = 1,
     .count_max = 1,
     .drives = true,
     .completes = COMPLETES_FILE,
     .run = command_replay},
    {.name = "if",
     .arguments = "EXPR",
     .help = "run the lines up to else or end if EXPR is not 0",
     .more = "  if EXPR, lines, else, lines, end; 'else' and its lines may be missing. Each word stands in a line of "
             "its own,\n"
             "  written in full. The lines may hold other if, while and repeat.\n"
             "  Example: if $failovers\n"
             "             echo the backup serves\n"
             "           end\n",
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_control},
    {.name = "else",
     .arguments = "",
     .help = "the other lines of if",
     .more = "  Example: help if\n",
     .run = command_control},
    {.name = "end",
     .arguments = "",
     .help = "the end of if, while or repeat",
     .more = "  Example: help if\n",
     .run = command_control},
    {.name = "while",
     .arguments = "EXPR",
     .help = "run the lines up to end as long as EXPR is not 0",
     .more = "  Example: while $end == $running\n"
             "             epoch\n"
             "           end\n",
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_control},
    {.name = "repeat",
     .arguments = "N",
     .help = "run the lines up to end N times",
     .more = "  N is an expression, looked at once.\n"
             "  Example: repeat 10\n"
             "             step 100\n"
             "           end\n",
     .count_max = WORDS_MAX,
     .completes = COMPLETES_ADDRESS,
     .run = command_control},
    {.name = "source",
     .arguments = "FILE",
     .help = "run the commands in FILE",
     .more = "  A path in a script means: from the folder of that script. Variables are shared.\n"
             "  Example: source common.us\n",
     .count_min = 1,
     .count_max = 1,
     .completes = COMPLETES_FILE,
     .run = command_source},
    {.name = "echo",
     .arguments = "[TEXT]",
     .help = "print TEXT",
     .more = "  As it is typed, and a new line.\n"
             "  Example: echo the second half\n",
     .count_max = WORDS_MAX,
     .run = command_echo},
    {.name = "gdb",
     .arguments = "PORT|unix:PATH[,files]",
     .help = "let a gdb look at both computers and drive them",
     .more =
         "  Waits at PORT of this host (0: any; it is said on stderr) until a gdb has come and gone. Ctrl-C gives up.\n"
         "  The guest is then where gdb left it. In gdb-multiarch: target extended-remote localhost:PORT\n"
         "  With unix:PATH a socket is made there, this user's alone; with ,files gdb's 'monitor' may use files.\n"
         "  Example: gdb 1234\n",
     .count_min = 1,
     .count_max = 1,
     .drives = true,
     .run = command_gdb},
    {.name = "help",
     .arguments = "[COMMAND]",
     .help = "say what commands there are, or what COMMAND does",
     .more = "  Example: help crash\n",
     .count_max = 2,
     .completes = COMPLETES_COMMAND,
     .run = command_help},
    {.name = "save",
     .arguments = "FILE",
     .help = "write the whole system to FILE",
     .more = "  Both computers, memory, devices, channel, disks, and the options that built the system: 'restore' goes "
             "on from\n"
             "  it, in this session or another one.\n"
             "  Example: save before-the-crash.save\n",
     .count_min = 1,
     .count_max = 1,
     .completes = COMPLETES_FILE,
     .run = command_save},
    {.name = "restore",
     .arguments = "FILE [NAMED...]",
     .help = "go on from a system that 'save' has written",
     .more = "  The system that is there is thrown away. The disks have the content that they had, whatever their "
             "image files\n"
             "  have now. Going back in time begins anew here. If FILE cannot be read, everything stays as it is.\n"
             "  No other file is read or written because FILE says so: its disks are in memory, terminals beside show\n"
             "  nothing. Disk files, images and terminals that are NAMED again, as they were, are used as they were.\n"
             "  Example: restore before-the-crash.save\n"
             "  Example: restore before-the-crash.save disk.img\n",
     .count_min = 1,
     .count_max = WORDS_MAX,
     .drives = true,
     .completes = COMPLETES_FILE,
     .run = command_restore},
    {.name = "window",
     .arguments = "[close|describe|light|dark|WIDTHxHEIGHT|epochs N|font FILE|key KEY|drag XxY XxY]",
     .help = "open the window: the guest, the two computers, their time line",
     .more =
         "  What it does is a command, which it prints: space runs and stops, s and S step to and fro, e and E by "
         "epochs, 1\n"
         "  and 2 crash, r repairs, c cuts, h heals, n goes to the next fail-over, p makes a picture, l and k light "
         "and dark,\n"
         "  v the next view where there is no room for all. Tab and Enter do without letters. g, or a click on the "
         "guest,\n"
         "  gives it the keys, F10 takes them back. Drag the cursor in the whole run to travel in time.\n"
         "  'describe': every region with its words. 'key' and 'drag' are as if done at the window. WIDTHxHEIGHT, "
         "'light',\n"
         "  'dark', 'epochs' and 'font' hold for 'screenshot' as well, which needs no window.\n"
         "  Example: window\n"
         "  Example: window describe\n",
     .count_max = 3,
     .late = true,
     .run = command_window},
    {.name = "screenshot",
     .arguments = "FILE.png",
     .help = "the window's picture in a file; no window is needed",
     .more = "  Example: screenshot pair.png\n",
     .count_min = 1,
     .count_max = 1,
     .late = true,
     .completes = COMPLETES_FILE,
     .run = command_screenshot},
    {.name = "quit",
     .arguments = "",
     .help = "write the disk's changes to the image file, and leave",
     .more = "  Example: quit\n",
     .drives = true,
     .run = command_quit},
    {0},
};
