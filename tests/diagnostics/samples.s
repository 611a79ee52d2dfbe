        .timeline
        @0      read.4      se0, mw4[0], n=64
        @3      vneg.f32    v0, se0, n=64
; error: E-STREAM-EMPTY 33-35: se0 is empty at the VXM in cycle 3, when element 0 of `vneg.f32` samples it
; note 2:17-22: the first value of `read.4` gets there in cycle 4
; help: issue `vneg.f32` 1 cycle later
        @5      vabs.f32    v1, se0, n=64
; error: E-STREAM-EMPTY 33-35: se0 is empty at the VXM in cycle 68, when element 63 of `vabs.f32` samples it
; note 2:17-22: the first value of `read.4` gets there in cycle 4
; help: issue `vabs.f32` 1 cycle earlier
        @4      vrelu.f32   v2, se0, n=66
; error: E-STREAM-EMPTY 33-35: se0 is empty at the VXM in cycle 68, when element 64 of `vrelu.f32` samples it
; note 2:17-22: `read.4` makes 64 values
; help: its first 64 elements find values: write n=64, or make more of them
        @0      read.2      se4, mw8[0]
        @0      read.2      se6, mw10[0]
        @5      vneg.i32.w  v3, se4
; error: E-STREAM-TORN 33-35: `vneg.i32.w` samples se4..se7 as one value, but se6 holds byte 0 of `read.2`
; note 16:17-22: se6 comes from here
; note 15:17-22: se4 comes from here
; help: sample the bytes of one result, or single bytes
        @8      vmov.i8     v4, 7
        @9      vmov.i32    v5, v4
; error: E-TYPE 33-34: `vmov.i32` reads 4 bytes of v4, but `vmov.i8` wrote 1
; note 22:17-23: written here
; help: read it in the type it was written in
        @10     vmov.i8     v6, sw3
; error: E-STREAM-EMPTY 33-35: sw3 is empty at the VXM in cycle 10, when `vmov.i8` samples it
; help: nothing in this code puts a value on sw3 where it flows to the VXM
        @100    halt
        .endtimeline
