        .overlap 3
; error: E-OVERLAP 9-16: no timeline stands directly before this `.overlap`
; help: it joins two timelines and stands between them
        .timeline
        .overlap 3
; error: E-OVERLAP 9-16: `.overlap` stands inside a timeline
; help: put it between the `.endtimeline` of one and the `.timeline` of the next
        @0      vmov.i8     se0, 1, n=9 !V0
        @14     write       me0[0], se0
        .endtimeline
        .overlap
; error: E-DIRECTIVE 9-16: `.overlap` takes a number of cycles, or `max`
; help: write `.overlap 12`, or `.overlap max` for as many cycles as are possible
        .timeline
        @0      nop 1
        .endtimeline
        .drain  1
        .overlap 1, 2
; error: E-DIRECTIVE 9-16: `.overlap` takes a number of cycles, or `max`
; help: write `.overlap 12`, or `.overlap max` for as many cycles as are possible
        .overlap -3
; error: E-OVERLAP 18-19: an overlap of -3 cycles: there are none below 0
; help: write `.overlap 0`, and later cycles in the timeline that follows it
        .overlap 1.5
; error: E-OVERLAP 18-20: an overlap is a number of cycles, or `max`
; help: write `.overlap 12`, or `.overlap max` for as many cycles as are possible
        .overlap nothing
; error: E-UNDEFINED 18-24: `nothing` is not defined
        .overlap 1
; error: E-OVERLAP 9-16: no timeline follows this `.overlap` directly
; help: let `.timeline` follow it; `.cycles`, `.drain` and `.assert` come before it, or in the timeline
x:      { nop 1 }
        .timeline
        @0      nop 1
        .endtimeline
        .overlap 0
; error: E-OVERLAP 9-16: no timeline follows this `.overlap` directly
; help: let `.timeline` follow it; `.cycles`, `.drain` and `.assert` come before it, or in the timeline
        .overlap 0
; error: E-OVERLAP 9-16: no timeline follows this `.overlap` directly
; help: let `.timeline` follow it; `.cycles`, `.drain` and `.assert` come before it, or in the timeline
        { nop 1 }
