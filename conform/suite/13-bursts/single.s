; An op without burst fields is one element.
; rules M-13.2 M-12.6
; needs mxm_planes >= 2
; expect halt cycle 3

        .unchecked
        { iw 0 }
        { iw 0 }
        { halt }
