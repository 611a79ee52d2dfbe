        .timeline
        @0      x:  read.4      se0, mw4[0], n=8
        @1      y:  read.4      se4, mw4[8], n=8
        @after x, y  vadd.f32   v0, se0, se4, n=8
; error: E-TIMELINE 22-29: se0 arrives at the VXM in cycle 4, se4 in cycle 5
; note 2:21-26: `x` is here
; note 3:21-26: `y` is here
; help: issue `y` 1 cycle earlier, or `x` 1 cycle later
        @0      w:  read        sw0, mw8[0]
        @after w    vmov.i8     v1, sw0
; error: E-TIMELINE 21-27: sw0 leaves mw8 flowing west and never reaches the VXM
; note 9:21-24: made here
; help: put it on a stream that flows the other way: se0
        @4      v:  vmov.i8     v2, 3
        @after v    write       me0[0], se8
; error: E-TIMELINE 21-25: `write` uses nothing that `vmov.i8` makes
; note 14:21-27: made here
; help: count from an op whose result it samples, or write its cycle
        @5      u:  vmov.i8     sw1, 4
        @after u    vmov.i8     v3, sw1
; error: E-TIMELINE 21-27: sw1 leaves the VXM, where `vmov.i8` is as well, and never comes back
; note 19:21-27: made here
; help: only ops further along the stream can sample it
        @after v    lw.i8       0, sw0
; error: E-TIMELINE 21-25: `lw.i8` uses nothing that `vmov.i8` makes
; note 14:21-27: made here
; help: count from an op whose result it samples, or write its cycle
        .endtimeline
        read    se4, mw4[0]
; error: E-BUNDLE 9-12: `read` needs a cycle of its own: on streams nothing waits
; help: put it in a bundle, `{ ... }`, or in a timeline
