x:      .f32 1.5
        .timeline
        @0      ld          r1, [x]
        @4      vmov.f32    v0, r1, n=3
        @9      vmov.f32    se0, v0, n=3 !V1
        @11     write.4     me0[0], se0, n=3
        .endtimeline
        .overlap max
; note: N-OVERLAP 9-16: this overlap is 7 cycles: with one more `vmov.f32` comes to v0 before `vmov.f32` is done with it
; note 5:17-24: `vmov.f32` of what is overlapped
; note 14:17-24: `vmov.f32` of the timeline after it
        .timeline
        @0      ld          r1, [x]
        @4      vmov.f32    v0, r1, n=3
        @9      vmov.f32    se4, v0, n=3 !V2
        @11     write.4     me0[4], se4, n=3
        .endtimeline
        .overlap 7
        .timeline
        @0      read        sw0, me0[9], n=3
        @4      write       mw0[9], sw0, n=3
        .endtimeline
        .overlap max
; note: N-OVERLAP 9-16: this overlap is 7 cycles: both timelines begin together
        .timeline
        @0      read        sw0, me12[9], n=3
        @8      write       mw4[9], sw0, n=3
        @10     halt
        .endtimeline
