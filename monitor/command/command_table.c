/* command_table.c - the table of commands. See command.h. */
#include "monitor/command/command.h"

#include "monitor/base/text.h"

/* Name and group of a row. */
#define IN(group_, name_) .name = (name_), .group = GROUP_##group_

const struct command commands[] = {
    {IN(MACHINE, "system"), .arguments = "[OPTIONS]", .help = "build a system",
     .more = "  The options are those of 'understudy run', except --json. Settings made by 'set' stay. What was\n"
             "  there before is thrown away; an image has to be loaded again; a kernel (--kernel) is.\n"
             "  Example: system --mode pair --epoch 1000 --disk disk.img,snapshot\n",
     .count_max = WORDS_MAX, .drives = true, .completes = COMPLETES_OPTION, .run = command_system},
    {IN(MACHINE, "load"), .arguments = "[IMAGE]", .help = "load a guest and start at its beginning",
     .more = "  IMAGE is a 32-bit PA-RISC ELF executable. Its symbols become addresses. Without IMAGE the last\n"
             "  one is loaded again. If the system has run, a new one is built with the same options and crash\n"
             "  points.\n"
             "  Example: load hello.elf\n",
     .count_max = 1, .completes = COMPLETES_FILE, .run = command_load},
    {IN(MACHINE, "boot"), .arguments = "", .help = "start the guest that is loaded at its beginning, in a new system",
     .more = "  What 'load' without IMAGE does: the same options, crash points and disk file; memory and\n"
             "  registers as at power-on.\n"
             "  Example: boot\n",
     .run = command_load},
    {IN(MACHINE, "reset"), .arguments = "", .help = "reset the guest, as the system controller's reset register does",
     .more = "  The image is put back and entered; disk, terminal and time go on. Of a bare computer at once, of\n"
             "  a solo one at the end of the epoch. In a pair only the guest can do it, because both computers\n"
             "  must do it at one place.\n"
             "  Example: reset\n",
     .run = command_reset},
    {IN(RUN, "continue"), .alias = "c", .arguments = "", .help = "run until the end, a breakpoint or Ctrl-C",
     .more = "  If the computer that is looked at fails, the run goes on at the other one. At the prompt, after\n"
             "  'system --keys raw' or with --kernel, what is typed goes to the guest, Ctrl-C as well: Ctrl-A c\n"
             "  leads back to the prompt, Ctrl-A k kills the primary, Ctrl-A x ends.\n"
             "  Example: continue\n",
     .drives = true, .run = command_continue},
    {IN(MACHINE, "run"), .alias = "r", .arguments = "", .help = "run the guest from its beginning",
     .more = "  'continue'; of a guest that has run already, 'boot' before it.\n"
             "  Example: run\n",
     .drives = true, .late = true, .run = command_run_guest},
    {IN(RUN, "step"), .alias = "s si", .arguments = "[N]", .help = "run N instructions (1) of the computer looked at",
     .more = "  Counted as everywhere: an instruction completed, one nullified, an interruption taken. An empty\n"
             "  line at the prompt steps again.\n"
             "  Example: step 10\n",
     .count_max = 1, .repeats = true, .run = command_step},
    {IN(RUN, "next"), .alias = "n ni", .arguments = "[N]", .help = "run N instructions (1), each call as one",
     .more = "  A call is a branch that links (b,l, blr, be,l): with all that it calls it runs until it has\n"
             "  returned to this frame, a breakpoint, or the end. An empty line at the prompt goes on.\n"
             "  Example: next 3\n",
     .count_max = 1, .repeats = true, .run = command_next},
    {IN(RUN, "finish"), .arguments = "", .help = "run until the present function has returned",
     .more = "  Shows ret0, the function's result. Where it returns to is found as by 'backtrace'.\n"
             "  Example: finish\n",
     .run = command_finish},
    {IN(RUN, "until"), .alias = "u", .arguments = "ADDR|epoch N|instruction N|time T",
     .help = "run until a place or a moment, once",
     .more = "  Before the instruction at ADDR; before epoch N's first instruction; before instruction N (the\n"
             "  first is 0); until virtual time is T seconds.\n"
             "  Example: until main\n"
             "  Example: until time 0.0125\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_until},
    {IN(RUN, "epoch"), .arguments = "[N]", .help = "run to the end of this epoch, or of N epochs",
     .more = "  Stops before the first instruction of the epoch that follows. A bare computer has no epochs.\n"
             "  Example: epoch 5\n",
     .count_max = 1, .repeats = true, .run = command_epoch},
    {IN(RUN, "reverse-step"), .alias = "rs", .arguments = "[N]",
     .help = "go back N instructions (1) of the computer looked at",
     .more = "  Also over a fail-over: a computer that had failed lives again. What the terminal has shown\n"
             "  stays; it is not shown again when the run comes there again. Whatever is done or changed after\n"
             "  going back begins a new future.\n"
             "  Example: reverse-step 10\n",
     .count_max = 1, .repeats = true, .run = command_reverse_step},
    {IN(RUN, "reverse-continue"), .alias = "rc", .arguments = "",
     .help = "go back to the last breakpoint before here, or to the start",
     .more = "  Conditions are looked at; hits are not counted, and temporary breakpoints stay.\n"
             "  Example: reverse-continue\n",
     .run = command_reverse_continue},
    {IN(RUN, "reverse-epoch"), .arguments = "[N]",
     .help = "go back to the beginning of this epoch, or of the N-th before",
     .more = "  At the beginning of an epoch: to that of the one before. A bare computer has no epochs.\n"
             "  Example: reverse-epoch 5\n",
     .count_max = 1, .repeats = true, .run = command_reverse_epoch},
    {IN(FAIL, "crash"), .arguments = "[WHO] [WHERE|random]", .help = "make a computer fail, now or there",
     .more = "  WHO is primary or backup, or else the computer looked at. WHERE is instruction=N, epoch=N,\n"
             "  time=T, step=NAME[:K] or operation=K[.before|.issued|.partial:MASK|.performed|.completed].\n"
             "  WHO@WHERE is one word for both. What has a WHERE, here and in the commands below, is kept for\n"
             "  the next 'load', until the next 'system'. 'random' draws a place by the seed, one of the next\n"
             "  100, 1,000, 10,000 or 100,000 instructions or a phase of one of the next 12 outputs, and prints\n"
             "  the command that repeats it; where the guest ends before, the note at its end says so.\n"
             "  Example: crash primary operation=3.performed\n"
             "  Example: crash random\n",
     .count_max = 2, .completes = COMPLETES_ROLE, .run = command_crash},
    {IN(FAIL, "repair"), .arguments = "[WHERE]",
     .help = "the computer that has failed is made new and joins the survivor as its backup",
     .more = "  When the survivor is at WHERE, or else at its next epoch.\n"
             "  Example: repair epoch=20\n",
     .count_max = 1, .run = command_repair},
    {IN(FAIL, "cut"), .arguments = "[WHERE]", .help = "cut the channel",
     .more = "  What is sent waits until it is healed, and nothing comes back: both fall silent to each other.\n"
             "  Example: cut epoch=5\n",
     .count_max = 1, .run = command_cut},
    {IN(FAIL, "heal"), .arguments = "[WHERE]", .help = "heal the channel",
     .more = "  What has waited is sent.\n"
             "  Example: heal time=0.25\n",
     .count_max = 1, .run = command_heal},
    {IN(FAIL, "delay"), .arguments = "TIME [WHERE]", .help = "messages take TIME longer from then on",
     .more = "  TIME is a number with us, ms or s behind it. More than the setting timeout-us: the living\n"
             "  primary is declared failed. 'delay 0' ends it.\n"
             "  Example: delay 6ms epoch=3\n",
     .count_min = 1, .count_max = 2, .run = command_delay},
    {IN(FAIL, "ack-loss"), .arguments = "[WHERE]", .help = "lose the acknowledgements that are under way",
     .more = "  That of the next message stands in for them.\n"
             "  Example: ack-loss epoch=7\n",
     .count_max = 1, .run = command_ack_loss},
    {IN(FAIL, "flip"), .arguments = "WHO REGISTER|ADDR BIT [WHERE]", .help = "change a bit in one computer only",
     .more = "  Of a general register (bit 0, the most significant, to 31) or of a byte of memory (0 to 7; ADDR\n"
             "  is physical). With 'set digest-epochs=1' the computers notice at the end of the epoch and say\n"
             "  where they differ.\n"
             "  Example: flip backup r3 31 instruction=2000\n",
     .count_min = 3, .count_max = 4, .completes = COMPLETES_ROLE, .run = command_flip},
    {IN(FAIL, "processor"), .arguments = "fail N [KIND]|repair N",
     .help = "a real processor of the computer looked at fails now, or has been repaired",
     .more = "  KIND is soft, hard (if none is given), damage or hang. A repaired one is a spare; virtual machines\n"
             "  that wait get it by priority, and nobody is moved back.\n"
             "  Example: processor fail 1 damage\n",
     .count_min = 2, .count_max = 3, .late = true, .run = command_processor},
    {IN(CHANGE, "vm"), .arguments = "set NAME OPTION=VALUE",
     .help = "change a recovery attribute of a virtual machine: recovery, unsaved or priority",
     .more = "  They are looked at when a processor fails.\n"
             "  Example: vm set first recovery=take\n",
     .count_min = 3, .count_max = 3, .late = true, .run = command_vm},
    {IN(MACHINE, "disk"), .arguments = "commit|fail BLOCK [WHERE]",
     .help = "write the disk's changes to the image file; make a block of it fail",
     .more = "  Until 'disk commit' or 'quit' changes are kept in memory. Commands that touch a block that fails\n"
             "  end with a medium error.\n"
             "  Example: disk fail 7 operation=2\n",
     .count_min = 1, .count_max = 3, .run = command_disk},
    {IN(FAIL, "assume"), .arguments = "[NAME off|on]", .help = "break an assumption of the protocols, or mend it",
     .more = "  Without words: list them. Some take effect at once, the others at the next 'load', and say so.\n"
             "  Example: assume fencing off\n",
     .count_max = 2, .completes = COMPLETES_ASSUMPTION, .run = command_assume},
    {IN(FAIL, "arbiter"), .arguments = "off|on", .help = "everyone who asks the arbiter wins: assume arbiter off",
     .more = "  Example: arbiter off\n", .count_min = 1, .count_max = 1, .run = command_arbiter},
    {IN(LOOK, "info"), .alias = "i", .arguments = "TOPIC", .help = "show something (help info lists the topics)",
     .more = "  Example: info registers r3 sp psw\n", .count_min = 1, .count_max = WORDS_MAX,
     .completes = COMPLETES_INFO, .live = true, .run = command_info},
    {IN(LOOK, "x"), .arguments = "/FMT [ADDR]", .help = "examine memory",
     .more = "  FMT is a count, a letter of x d u o t c a s i f (hexadecimal, decimal, unsigned, octal, binary,\n"
             "  character, address, string, instruction, floating point) and a size of b h w g (1, 2, 4, 8\n"
             "  bytes). What is left out stays as it was. ADDR is an expression: what the processor sees there\n"
             "  now, or a physical address (phys:E). Without ADDR it goes on where it stopped. Device registers\n"
             "  are not read, because that could change them.\n"
             "  Example: x/4xw $sp-16\n"
             "  Example: x/2i phys:0x10800\n",
     .count_max = WORDS_MAX, .takes_format = true, .repeats = true, .completes = COMPLETES_ADDRESS, .live = true,
     .run = command_examine},
    {IN(LOOK, "print"), .alias = "p", .arguments = "[/FMT] EXPR", .help = "the value of an expression",
     .more = "  In hexadecimal, in decimal, and the symbol that lies there (not of a fact, which is a count); or as\n"
             "  FMT says: a letter of x d u o t c a f and a size of b h w g, as for x. EXPR has C's operators on\n"
             "  numbers of 64 bits (decimal, 0x..., 0b..., 'c'), symbols, $registers, $variables and facts ('info\n"
             "  variables'), and memory: *E is the word at address E, byte(E), half(E), word(E) and double(E)\n"
             "  are 1, 2, 4, 8 bytes; phys:E makes E a physical address.\n"
             "  Example: print $sp - main + 0x10\n"
             "  Example: print/t byte($r26+3) & 0xf\n",
     .count_min = 1, .count_max = WORDS_MAX, .takes_format = true, .completes = COMPLETES_ADDRESS, .live = true,
     .run = command_print},
    {IN(LOOK, "symbol"), .arguments = "ADDR|NAME", .help = "the symbol that lies at an address, or where a symbol is",
     .more = "  With its size, if the image says it.\n"
             "  Example: symbol $rp\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .live = true, .run = command_symbol},
    {IN(LOOK, "backtrace"), .alias = "bt where", .arguments = "[N]", .help = "the calls that led here, at most N (50)",
     .more = "  The innermost first: address, symbol, stack pointer. From the image's unwind table\n"
             "  (.PARISC.unwind) and the instructions at each function's beginning; it ends where these make no\n"
             "  sense. It goes on from an interruption's handler to what was interrupted: by what the guests'\n"
             "  runtime keeps, or by IIAOQ. With the source line, where the image says it (--version).\n"
             "  Example: backtrace 5\n",
     .count_max = 1, .live = true, .run = command_backtrace},
    {IN(LOOK, "up"), .arguments = "[N]", .help = "look at the caller of the frame looked at, or its N-th",
     .more = "  'list' and 'backtrace' are from there on; a run begins at the innermost again.\n"
             "  Example: up 2\n",
     .count_max = 1, .repeats = true, .late = true, .run = command_up},
    {IN(LOOK, "down"), .arguments = "[N]", .help = "look at the frame that the one looked at has called",
     .more = "  Example: down\n", .count_max = 1, .repeats = true, .late = true, .run = command_down},
    {IN(LOOK, "list"), .arguments = "[ADDR]", .help = "the program around ADDR, or around the frame looked at",
     .more = "  The source, where the image says the line and the file is there, or beside the image; else\n"
             "  instructions, five before it and nine from it on.\n"
             "  Example: list main\n",
     .count_max = WORDS_MAX, .late = true, .completes = COMPLETES_ADDRESS, .live = true, .run = command_list},
    {IN(LOOK, "display"), .arguments = "[/FMT] [EXPR]", .help = "print EXPR whenever the guest stops",
     .more = "  As 'print' does. Without EXPR: all of them, now. 'delete display N' takes one off.\n"
             "  Example: display $sp\n"
             "  Example: display/t $psw\n",
     .count_max = WORDS_MAX, .takes_format = true, .late = true, .completes = COMPLETES_ADDRESS,
     .run = command_display},
    {IN(MACHINE, "symbol-file"), .arguments = "FILE", .help = "take the symbols from FILE: for an image that has none",
     .more = "  FILE is an ELF executable, the one that was not stripped. Until the next 'load'.\n"
             "  Example: symbol-file vmlinux\n",
     .count_min = 1, .count_max = 1, .late = true, .completes = COMPLETES_FILE, .run = command_symbol_file},
    {IN(LOOK, "history"), .arguments = "[N]",
     .help = "the last N instructions (20) that were executed, with their effects",
     .more = "  'set history N' keeps that many from then on, 0 none: that is how it begins, because keeping\n"
             "  them is slow. Each with its number, address, word, the registers that it changed and its memory\n"
             "  reference; docs/trace.md says more.\n"
             "  Example: history 5\n",
     .count_max = 1, .run = command_history},
    {IN(LOOK, "trace"), .arguments = "[FILE|off]",
     .help = "write every instruction that is executed, with its effects, to a file",
     .more = "  Of the computer looked at; the lines are those of 'history' (docs/trace.md). Changes nothing\n"
             "  that the guest does. Without a word: whether one is written.\n"
             "  Example: trace run.trace\n",
     .count_max = 1, .completes = COMPLETES_FILE, .run = command_trace},
    {IN(LOOK, "disassemble"), .arguments = "[ADDR [N]]", .help = "show N instructions (8) from ADDR",
     .takes_format = true,
     .more = "  Without ADDR: from where the computer is, and the second time from where it stopped. => marks the\n"
             "  instruction that comes next. /n: below each the host's instructions that the translator has made of\n"
             "  it, as the host's objdump shows them, or their bytes; their numbers are bytes from the beginning of\n"
             "  a block's code. Instructions that were seldom executed have none, nor has any after a breakpoint\n"
             "  came or went (docs/engine.md).\n"
             "  Example: disassemble main 20\n",
     .count_max = 2, .repeats = true, .completes = COMPLETES_ADDRESS, .live = true, .run = command_disassemble},
    {IN(CHANGE, "break"), .alias = "b", .arguments = "PLACE [if EXPR]", .help = "stop the guest at a place, each time",
     .more = "  PLACE is an address: before the instruction there; or\n"
             "    epoch N            before the first instruction of epoch N\n"
             "    operation [K]      before the guest's output K (a store), or each output\n"
             "    step NAME[:K]      when a protocol step is taken the K-th time, or each\n"
             "    message [CLASS]    when one is sent or received; or of a class only\n"
             "    trap [VECTOR]      when an interruption is taken, before its handler runs\n"
             "  Classes of messages are interrupt, value, time, end, off, heartbeat, performed, out, lost, digest,\n"
             "  join-state, join-page, join-done, checkpoint-state, checkpoint-page, checkpoint-done. All at the\n"
             "  computer looked at. With 'if' it stops only while EXPR is not 0; 'condition' changes that. A run\n"
             "  never stops at the place at which it begins. 'info breakpoints' lists them.\n"
             "  Example: break main+0x10 if $r3 > 5\n"
             "  Example: break step end-sent:3\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_PLACE, .run = command_break},
    {IN(CHANGE, "tbreak"), .arguments = "PLACE [if EXPR]", .help = "stop the guest at a place, once",
     .more = "  As 'break', and deleted when it has stopped the guest.\n"
             "  Example: tbreak trap 15\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_PLACE, .run = command_tbreak},
    {IN(CHANGE, "watch"), .arguments = "ADDR[,LENGTH]", .help = "stop after an instruction that writes to memory",
     .more = "  To any of the LENGTH bytes (4) from ADDR on; or of *ADDR, byte(ADDR), half, word, double. What\n"
             "  the disk's DMA writes is no instruction's. Costs time only while the guest uses the watched\n"
             "  pages.\n"
             "  Example: watch counter\n"
             "  Example: watch buffer,512\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_watch},
    {IN(CHANGE, "rwatch"), .arguments = "ADDR[,LENGTH]", .help = "stop after an instruction that reads memory",
     .more = "  As 'watch'.\n"
             "  Example: rwatch byte(flags+3)\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_rwatch},
    {IN(CHANGE, "awatch"), .arguments = "ADDR[,LENGTH]",
     .help = "stop after an instruction that reads or writes memory",
     .more = "  As 'watch'.\n"
             "  Example: awatch $sp-64,64\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_awatch},
    {IN(CHANGE, "condition"), .arguments = "N [EXPR]", .help = "breakpoint N stops only while EXPR is not 0",
     .more = "  Without EXPR: always again.\n"
             "  Example: condition 2 $arg0 == 0\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_condition},
    {IN(CHANGE, "ignore"), .arguments = "N COUNT", .help = "pass breakpoint N COUNT times before it stops",
     .more = "  Times at which its condition does not hold do not count.\n"
             "  Example: ignore 1 99\n",
     .count_min = 2, .count_max = 2, .run = command_ignore},
    {IN(CHANGE, "enable"), .arguments = "[N]...", .help = "let the breakpoints N, or all, stop the guest again",
     .more = "  Example: enable 1 3\n", .count_max = WORDS_MAX, .run = command_enable},
    {IN(CHANGE, "disable"), .arguments = "[N]...", .help = "keep the breakpoints N, or all, and do not stop at them",
     .more = "  Example: disable 1\n", .count_max = WORDS_MAX, .run = command_disable},
    {IN(CHANGE, "delete"), .alias = "d", .arguments = "[fault|display] [N]...",
     .help = "delete the breakpoints N, or all; or faults that have not happened, or displays",
     .more = "  'info breakpoints' and 'info faults' show the numbers. A fault that is deleted is not planned\n"
             "  again by 'load'.\n"
             "  Example: delete 2\n"
             "  Example: delete fault 1\n",
     .count_max = WORDS_MAX, .run = command_delete},
    {IN(LOOK, "focus"), .arguments = "[primary|backup|VM]",
     .help = "look at the primary or the backup, or at a virtual machine there",
     .more = "  step, epoch, break, info and x mean what is looked at. The prompt says which it is. Ways back in\n"
             "  time are those of the first virtual machine.\n"
             "  Example: focus backup\n",
     .count_max = 1, .completes = COMPLETES_ROLE, .run = command_focus},
    {IN(CHANGE, "set"), .arguments = "NAME=VALUE|$NAME=EXPR|*ADDR=EXPR",
     .help = "change a setting, a register, memory, or a variable",
     .more = "  'info settings' lists the settings. One takes effect at once if the system has not run yet;\n"
             "  later only those that are looked at whenever they are needed do, the others at the next 'load',\n"
             "  and this says so. Registers ($pc, $r3, ...) and memory (*ADDR, byte(ADDR), half, word, double;\n"
             "  RAM only) change at the computer looked at and not at the other one. Any other $NAME is a\n"
             "  variable of the session, for expressions.\n"
             "  Example: set disk-latency-us=500\n"
             "  Example: set $before = $sp-16\n"
             "  Example: set byte(buffer+1) = 'x'\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_SETTING, .run = command_set},
    {IN(LOOK, "compare"), .arguments = "",
     .help = "the two computers at one instruction: equal, or the first difference",
     .more = "  The one that is behind is let run up to the other's instruction and then put back. The\n"
             "  difference is named by register, TLB entry, device register or byte of memory. $differ says\n"
             "  afterwards what was found.\n"
             "  Example: compare\n",
     .run = command_compare},
    {IN(LOOK, "why"), .arguments = "", .help = "by which rules of the papers the run is where it is",
     .more = "  The last fail-over as a chain of rules, each with its paper; what the computer looked at does\n"
             "  now, what was delivered to it last, the outcome of its last operation; and of an assumption that\n"
             "  is broken what would have hidden it.\n"
             "  Example: why\n",
     .late = true, .live = true, .run = command_why},
    {IN(LOOK, "who-knows"), .arguments = "[EPOCH]",
     .help = "what was sent, is in flight, was received, acknowledged, delivered",
     .more = "  Of the last epochs in numbers, or of one message by message. At the present time; of computers\n"
             "  that failed also what was lost.\n"
             "  Example: who-knows 3\n",
     .count_max = 1, .run = command_who_knows},
    {IN(LOOK, "timeline"), .arguments = "[FILE.svg|FILE.json] [EPOCHS|FROM..TO|failover[=N]]",
     .help = "the two computers on one time line: epochs, messages, outputs, failures",
     .more = "  Of the last EPOCHS (4; drawn 20) epochs, of the epochs FROM..TO, or around the N-th fail-over\n"
             "  (the last): as text, as a drawing in FILE.svg, or as an object in FILE.json. An epoch that is\n"
             "  not kept any more is refused.\n"
             "  Example: timeline failover\n"
             "  Example: timeline run.svg 50\n",
     .count_max = 2, .completes = COMPLETES_FILE, .run = command_timeline},
    {IN(JUDGE, "expect"), .arguments = "[operator|trace] TEXT [within N]",
     .help = "run until the terminal shows TEXT; fail if it does not",
     .more = "  Counts from where the last expect stopped. The guest stops at the instruction that completed\n"
             "  TEXT. It fails if the run ends, stops at a breakpoint, or has executed N more instructions\n"
             "  before. A TEXT with blanks stands in quotes; \\n, \\t, \\xHH mean what they do in C. 'operator':\n"
             "  TEXT is told to the operator's console. 'trace': TEXT is in the line that 'trace FILE' writes\n"
             "  for an instruction; the guest stops right after that one.\n"
             "  Example: expect \"login: \" within 50000000\n"
             "  Example: expect operator \"declared failed\"\n"
             "  Example: expect trace \"w4[00014000]=\" within 100000\n",
     .count_min = 1, .count_max = 4, .run = command_expect},
    {IN(MACHINE, "send"), .arguments = "TEXT|key CODE down|up|pointer X Y BUTTONS",
     .help = "type TEXT at the guest's terminal; press a key, or move the pointer, of its display",
     .more = "  It reaches the guest as it runs on, one byte per ten bit times. \\n, \\r, \\xHH mean what they\n"
             "  do in C. CODE is a character, a name (enter, left, f1, ...) or a number; BUTTONS are those that\n"
             "  are down: 1 left, 2 middle, 4 right, or their sum. They come with the display's next frame.\n"
             "  Example: send \"root\\n\"\n"
             "  Example: send key left down\n"
             "  Example: send pointer 320 240 1\n",
     .count_min = 1, .count_max = WORDS_MAX, .run = command_send},
    {IN(JUDGE, "assert"), .arguments = "EXPR|explainable|end HOW|same-output FILE|replayed [\"MEANING\"]",
     .help = "fail unless it holds, and say what that means",
     .more = "  EXPR is not 0; 'explainable': one computer could have done what the devices did; 'end HOW':\n"
             "  running, exit, timeout, stopped, halted or lost; 'same-output FILE': the terminal has shown\n"
             "  exactly the bytes of FILE; 'replayed': the replay came to the end that its recording says.\n"
             "  Example: assert $status == 0 && $failovers == 1 \"the backup finishes the work\"\n"
             "  Example: assert explainable\n",
     .count_min = 1, .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_assert},
    {IN(JUDGE, "ask"), .arguments = "TEXT = EXPR [after COMMAND] [because WHY]",
     .help = "ask what will be seen, then say whether the answer was right, and why",
     .more = "  The answer comes first: from the file that $answers names (a line 'N: ANSWER' for question N),\n"
             "  else from the prompt, stdin or the window. Then COMMAND is run, then EXPR is looked at. An answer\n"
             "  is a number, yes or no (1 or 0), or, where EXPR is a word in quotes, that word. Goes on whatever was\n"
             "  answered; 'understudy test' fails a script with an answer that is not right.\n"
             "  Example: ask \"How many fail-overs?\" = $failovers after continue because \"P7: one.\"\n",
     .count_min = 3, .count_max = WORDS_MAX, .drives = true, .late = true, .completes = COMPLETES_ADDRESS,
     .run = command_ask},
    {IN(JUDGE, "record"), .arguments = "FILE", .help = "write what the guest consumes to FILE, for replay",
     .more = "  Before the first instruction. FILE is written when the run has ended, or at the end of the\n"
             "  session.\n"
             "  Example: record run.log\n",
     .count_min = 1, .count_max = 1, .completes = COMPLETES_FILE, .run = command_record},
    {IN(JUDGE, "replay"), .arguments = "FILE", .help = "build a system that follows the recording FILE",
     .more = "  From the file alone, without disk and input; then run and look as ever. 'assert replayed' checks\n"
             "  its end.\n"
             "  Example: replay run.log\n",
     .count_min = 1, .count_max = 1, .drives = true, .completes = COMPLETES_FILE, .run = command_replay},
    {IN(SCRIPT, "if"), .arguments = "EXPR", .help = "run the lines up to else or end if EXPR is not 0",
     .more = "  if EXPR, lines, else, lines, end; 'else' and its lines may be missing. Each word stands in a\n"
             "  line of its own, written in full. The lines may hold other if, while and repeat.\n"
             "  Example: if $failovers\n"
             "             echo the backup serves\n"
             "           end\n",
     .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_control},
    {IN(SCRIPT, "else"), .arguments = "", .help = "the other lines of if", .more = "  Example: help if\n",
     .run = command_control},
    {IN(SCRIPT, "end"), .arguments = "", .help = "the end of if, while or repeat", .more = "  Example: help if\n",
     .run = command_control},
    {IN(SCRIPT, "while"), .arguments = "EXPR", .help = "run the lines up to end as long as EXPR is not 0",
     .more = "  Example: while $end == $running\n"
             "             epoch\n"
             "           end\n",
     .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_control},
    {IN(SCRIPT, "repeat"), .arguments = "N", .help = "run the lines up to end N times",
     .more = "  N is an expression, looked at once.\n"
             "  Example: repeat 10\n"
             "             step 100\n"
             "           end\n",
     .count_max = WORDS_MAX, .completes = COMPLETES_ADDRESS, .run = command_control},
    {IN(SESSION, "source"), .arguments = "FILE", .help = "run the commands in FILE",
     .more = "  A path in a script means: from the folder of that script. Variables are shared.\n"
             "  Example: source common.us\n",
     .count_min = 1, .count_max = 1, .completes = COMPLETES_FILE, .run = command_source},
    {IN(SCRIPT, "echo"), .arguments = "[TEXT]", .help = "print TEXT",
     .more = "  As it is typed, and a new line.\n"
             "  Example: echo the second half\n",
     .count_max = WORDS_MAX, .run = command_echo},
    {IN(SESSION, "gdb"), .arguments = "PORT|unix:PATH|HOST:PORT[,files]",
     .help = "let a gdb look at both computers and drive them",
     .more = "  Waits at PORT of this host (0: any; it is said on stderr) until a gdb has come and gone. Ctrl-C\n"
             "  gives up. The guest is then where gdb left it. In gdb-multiarch: target extended-remote\n"
             "  localhost:PORT With unix:PATH a socket is made there, this user's alone; with ,files gdb's\n"
             "  'monitor' may use files.\n"
             "  Example: gdb 1234\n",
     .count_min = 1, .count_max = 1, .drives = true, .run = command_gdb},
    {IN(SESSION, "help"), .alias = "?", .arguments = "[COMMAND]",
     .help = "say what commands there are, or what COMMAND does", .more = "  Example: help crash\n", .count_max = 2,
     .completes = COMPLETES_COMMAND, .live = true, .run = command_help},
    {IN(SESSION, "apropos"), .arguments = "WORD", .help = "the commands whose help has WORD in it",
     .more = "  Example: apropos epoch\n", .count_min = 1, .count_max = 1, .late = true, .live = true,
     .run = command_apropos},
    {IN(MACHINE, "save"), .arguments = "FILE", .help = "write the whole system to FILE",
     .more = "  Both computers, memory, devices, channel, disks, and the options that built the system:\n"
             "  'restore' goes on from it, in this session or another one.\n"
             "  Example: save before-the-crash.save\n",
     .count_min = 1, .count_max = 1, .completes = COMPLETES_FILE, .run = command_save},
    {IN(MACHINE, "restore"), .arguments = "FILE [NAMED...]", .help = "go on from a system that 'save' has written",
     .more = "  The system that is there is thrown away. The disks have the content that they had, whatever\n"
             "  their image files have now. Going back in time begins anew here. If FILE cannot be read,\n"
             "  everything stays as it is. No other file is read or written because FILE says so: its disks are\n"
             "  in memory, terminals beside show nothing. Disk files, images and terminals that are NAMED again,\n"
             "  as they were, are used as they were.\n"
             "  Example: restore before-the-crash.save\n"
             "  Example: restore before-the-crash.save disk.img\n",
     .count_min = 1, .count_max = WORDS_MAX, .drives = true, .completes = COMPLETES_FILE, .run = command_restore},
    {IN(LOOK, "window"),
     .arguments = "[close|describe|frames|light|dark|WIDTHxHEIGHT|epochs N|font FILE|key KEY|drag XxY XxY]",
     .help = "open the window: the guest, the two computers, their time line",
     .more = "  What it does is a command, which it prints: space runs and stops, s and S step to and fro, e and E by\n"
             "  epochs, 1 and 2 crash, r repairs, c cuts, h heals, n goes to the next fail-over, p makes a picture,\n"
             "  l and k light and dark, v the next view where there is no room for all. Tab and Enter do without\n"
             "  letters. g, or a click on the guest, gives it the keys, F10 takes them back. Drag the cursor in the\n"
             "  whole run to travel in time. 'describe': every region with its words. 'frames': how many pictures\n"
             "  were drawn while the guest ran, and in which time of the host. 'key' and 'drag' are as if done at\n"
             "  the window. WIDTHxHEIGHT, 'light', 'dark', 'epochs' and 'font' hold for 'screenshot' as well,\n"
             "  which needs no window. At a node of a live pair there is no way back in time: record the run\n"
             "  (--record LOG), and step through it with 'replay LOG' here.\n"
             "  Example: window\n"
             "  Example: window describe\n",
     .count_max = 3, .late = true, .live = true, .run = command_window},
    {IN(LOOK, "screenshot"), .arguments = "FILE.png", .help = "the window's picture in a file; no window is needed",
     .more = "  Example: screenshot pair.png\n", .count_min = 1, .count_max = 1, .late = true,
     .completes = COMPLETES_FILE, .live = true, .run = command_screenshot},
    {IN(SESSION, "quit"), .alias = "exit", .arguments = "",
     .help = "write the disk's changes to the image file, and leave", .more = "  Example: quit\n", .drives = true,
     .run = command_quit},
    {0},
};
