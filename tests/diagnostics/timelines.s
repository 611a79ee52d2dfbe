        .timeline
; error: E-TIMELINE 9-17: `.timeline` is never closed
; help: close it with `.endtimeline`
        nop 1
; error: E-TIMELINE 9-11: an op in a timeline needs a time
; help: write `@0`, `@+1` or `@after label` before it
        @0.5    nop 1
; error: E-TIMELINE 9-12: a time is a number of cycles
        { nop 1 }
; error: E-TIMELINE 9-9: a bundle stands inside a timeline
; help: ops of one cycle form a bundle by themselves
        .timeline
; error: E-TIMELINE 9-17: `.timeline` is never closed
; help: close it with `.endtimeline`
        @0      nop 1
