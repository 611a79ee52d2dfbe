; An activation before any array was installed is E-TYPE.
; rules M-16.17 M-19.15 M-16.2
; needs quads = 2, streams >= 32, mxm_planes >= 4
; expect E-TYPE cycle 5 pc bad slot 0 resource 3 value -1 value2 2 element 0

        .unchecked
        { vmov.u8 se16, 1 }
        { nop 4 }
bad:    { abc.u8 3, se16 }
        { halt }
