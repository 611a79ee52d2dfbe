"""The verbs of the debugger: one row each. Help, completion, docs and the reading of lines follow from it."""

from __future__ import annotations

from debugger.repl import breaks, causes, change, files, info, look, manual, moves
from debugger.repl.verb import (
    EXPRESSION,
    FILE,
    HELP,
    INSTRUCTION,
    MARK,
    NUMBER,
    STREAM,
    SWITCH,
    TARGET,
    TOPIC,
    WHERE,
    Group,
    Verb,
)

RUNNING = Group("Running", (
    Verb("run", ("r",), "", "", "from the first cycle on, to a stop or the end", moves.run),
    Verb("continue", ("c", "cont"), "[N]", "", "go on to the next stop or the end", moves.go_on,
         "With N, the breakpoint that stopped the run is passed N - 1 times more.", repeats=True),
    Verb("step", ("s", "next", "n"), "[N]", "", "go on to another source line", moves.forward("line"), repeats=True),
    Verb("stepb", ("sb", "stepi", "si", "ni"), "[N]", "", "go on by a bundle", moves.forward("bundle"), repeats=True),
    Verb("stepc", ("sc",), "[N]", "", "go on by a cycle", moves.forward("cycle"),
         "A cycle in which nothing is fetched counts as well: after a jump, in a wait, while bursts run on.",
         repeats=True),
    Verb("round", (), "[N]", "", "go on to the next round of the innermost loop", moves.forward("round"), repeats=True),
    Verb("out", ("finish",), "[N]", "", "go on until the innermost loop is left", moves.forward("loop"), repeats=True),
    Verb("kernel", ("k",), "[N]", "", "go on to the next kernel", moves.forward("kernel"),
         "Kernels begin at exported labels, and where the code of another file begins.", repeats=True),
    Verb("until", ("u",), "EXPRESSION", EXPRESSION, "go on until an expression holds", moves.until,
         "For example `until r1 == 3`, `until cycle > 100 and any(nan(C))`."),
    Verb("goto", ("g",), "CYCLE | +N | -N | MARK | start | end", MARK, "go to any cycle, forward or backward",
         moves.goto, "`start` is the first cycle, `end` the last, past all breakpoints; +N and -N count from here."),
))  # fmt: skip

BACK = Group("Going back", (
    Verb("reverse-continue", ("rc",), "", "", "go back to the last stop before this cycle", moves.reverse,
         repeats=True),
    Verb("rstep", ("rs", "reverse-step", "rn"), "[N]", "", "go back to the source line before", moves.back("line"),
         repeats=True),
    Verb("rstepb", ("rsb", "rsi"), "[N]", "", "go back by a bundle", moves.back("bundle"), repeats=True),
    Verb("rstepc", ("rsc",), "[N]", "", "go back by a cycle", moves.back("cycle"), repeats=True),
    Verb("rround", (), "[N]", "", "go back to the round before", moves.back("round"), repeats=True),
    Verb("rout", (), "[N]", "", "go back to before the innermost loop", moves.back("loop"), repeats=True),
    Verb("rkernel", (), "[N]", "", "go back to the kernel before", moves.back("kernel"), repeats=True),
    Verb("earlier", (), "", "", "where we were before, as a browser goes back", moves.earlier, repeats=True),
    Verb("later", (), "", "", "the other way again", moves.later, repeats=True),
))  # fmt: skip

STOPS_AT = """\
WHERE is FILE.s:12, 12 (of the first file), a label, *ADDRESS of a bundle, @CYCLE or UNIT@CYCLE (M0@120); without any,
the bundle about to issue. `if EXPRESSION` makes it a condition: `b loop_k if r4 == 3`."""
WATCHES_WHAT = """\
TARGET is a register (r4, cc), a symbol or an element (C, C[3, :]), a v register, an accumulator row (acc0[5]), a
stream at a place (se4@mw3) or a unit (M0, mw3.wp); or it says of a tensor what must not be: `nan C`, `C > 5.0`,
`C outside -1, 1`, `C != golden.npy`. `if EXPRESSION` makes it a condition."""

STOPS = Group("Stops", (
    Verb("break", ("b",), "[WHERE] [if EXPRESSION]", WHERE, "stop at a line, label, address or cycle", breaks.add(),
         STOPS_AT),
    Verb("tbreak", ("tb",), "[WHERE] [if EXPRESSION]", WHERE, "the same, once", breaks.add(temporary=True), STOPS_AT),
    Verb("watch", ("w",), "TARGET [if EXPRESSION]", TARGET, "stop when something is written", breaks.watch("write"),
         WATCHES_WHAT),
    Verb("rwatch", ("rw",), "TARGET [if EXPRESSION]", TARGET, "stop when memory is read", breaks.watch("read"),
         WATCHES_WHAT),
    Verb("awatch", ("aw",), "TARGET [if EXPRESSION]", TARGET, "stop when memory is read or written",
         breaks.watch("access"), WATCHES_WHAT),
    Verb("condition", (), "NUMBER [EXPRESSION]", NUMBER, "give a breakpoint a condition, or none", breaks.condition),
    Verb("ignore", (), "NUMBER COUNT", NUMBER, "pass a breakpoint some times first", breaks.ignore),
    Verb("delete", ("d", "del"), "[NUMBER ...]", NUMBER, "delete breakpoints (2, 4-6), or all", breaks.delete),
    Verb("enable", (), "[NUMBER ...]", NUMBER, "let breakpoints stop runs again", breaks.enable(True)),
    Verb("disable", (), "[NUMBER ...]", NUMBER, "keep breakpoints, but pass them", breaks.enable(False)),
))  # fmt: skip

FORMATS = """FORMAT is x (hexadecimal), d (signed), u (unsigned), b (binary), f (the bits as f32)."""
MEMORY_FORMATS = """FORMAT is a count, a format x d u f c i and a size b h w or f16 bf16 f32: `x/8w A`, `x/4f32 C`,
`x/6i loop_k` (bundles). Bytes never written are shown as `--`."""

LOOKING = Group("Looking", (
    Verb("print", ("p", "inspect"), "EXPRESSION", EXPRESSION, "the value of an expression", look.show,
         "Symbols with their types, registers, streams: `p C[3, :].f32`, `p se4@mw3`, `p sum(A)`,\n"
         f'`p C == load("golden.npy")`. {FORMATS}', formats=True),
    Verb("x", (), "[TARGET]", EXPRESSION, "memory, as words, numbers or instructions", look.memory, MEMORY_FORMATS,
         formats=True),
    Verb("display", (), "[EXPRESSION]", EXPRESSION, "print an expression at every stop", look.display,
         "Without an expression, prints all of them now.", formats=True),
    Verb("undisplay", (), "[NUMBER ...]", NUMBER, "stop printing expressions, or all of them", look.undisplay),
    Verb("info", ("i",), "TOPIC", TOPIC, "registers, units, streams, breaks, loops, memory and more", info.info),
    Verb("floor", ("f",), "", "", "the floor plan in this cycle: what issues, what flows, what lands", look.floor),
    Verb("timeline", ("tl",), "[CYCLES]", "", "what the units do around now", look.timeline),
    Verb("flow", (), "STREAM [CYCLES]", STREAM, "the values of a stream by place and cycle, around now", look.flow),
    Verb("disas", (), "[WHERE]", WHERE, "bundles around here", look.disassembly),
    Verb("list", ("l",), "[WHERE]", WHERE, "source lines around here", look.listing,
         "Again without a place, the lines that follow.", repeats=True),
    Verb("stats", (), "", "", "how busy units and lines were so far", look.stats),
    Verb("where", ("bt",), "", "", "where the run stands", look.where),
))  # fmt: skip

CAUSES = Group("Asking why", (
    Verb("why", (), "TARGET [depth N]", TARGET, "who made a value, back to inputs and source lines", causes.why,
         "For example `why r4`, `why C[0, 3]`, `why cycle`. `depth N` unfolds more of the tree."),
    Verb("why-not", ("whynot",), "[depth N]", "", "why the run faulted: what was expected, what came", causes.whynot),
    Verb("unfold", ("uf",), "PATH [depth N]", "", "more of the last answer", causes.unfold,
         "`unfold 2.1` shows what is below the first cause of the second one."),
    Verb("goes", ("where-goes",), "TARGET [depth N]", TARGET, "what is made from a value", causes.goes),
))  # fmt: skip

CHANGING = Group("Changing", (
    Verb("set", (), "TARGET = EXPRESSION", TARGET, "change a register or memory in this cycle", change.assign,
         "For example `set r4 = 3`, `set C[0, 3] = 1.5`, `set mw4[100] = 0`."),
    Verb("load", (), "NAME FILE.npy", TARGET, "fill a tensor from a file", change.load),
    Verb("undo", (), "", "", "take the last change back, and what came of it", change.undo),
    Verb("asm", (), "[INSTRUCTION]", INSTRUCTION, "assemble code and run it here and now", change.execute,
         "Alone, it takes lines up to one that says `end`. An instruction or a bundle at the prompt needs no `asm`:\n"
         "what is no verb is code. `!` before a line says so where it could be both."),
))  # fmt: skip

SESSION = Group("Session and files", (
    Verb("mark", ("m",), "[NAME]", MARK, "give this cycle a name for `goto`; alone, list them", files.mark),
    Verb("dump", (), "EXPRESSION FILE.npy", TARGET, "write a value to a .npy file", files.dump),
    Verb("save", (), "FILE", FILE, "write the session to a file", files.save),
    Verb("resume", (), "FILE", FILE, "go on with a saved session", files.resume),
    Verb("reload", (), "", "", "assemble the sources again and begin anew, with the same breakpoints", files.reload),
    Verb("source", (), "FILE", FILE, "do the commands of a file", files.source),
    Verb("transcript", (), "[FILE | off]", FILE, "write what is typed and shown to a file that replays it",
         files.transcript),
    Verb("json", (), "on | off", SWITCH, "give each answer as a line of JSON", manual.json),
    Verb("echo", (), "TEXT", "", "print a text", manual.echo),
    Verb("isa", (), "[MNEMONIC ...]", INSTRUCTION, "the manual of the instructions", manual.isa),
    Verb("help", ("h", "?"), "[VERB | MNEMONIC | TOPIC]", HELP, "this list, or all about one", manual.help),
    Verb("quit", ("q", "exit"), "", "", "leave", manual.quit),
))  # fmt: skip

GROUPS = (RUNNING, BACK, STOPS, LOOKING, CAUSES, CHANGING, SESSION)
VERBS = tuple(verb for group in GROUPS for verb in group.verbs)
BY_NAME = {name: verb for verb in VERBS for name in verb.names}
NAMES = tuple(BY_NAME)
