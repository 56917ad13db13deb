package app

// headroom is memory that is reserved and never touched, so that it costs address space
// alone. The collector counts it and therefore runs when some tens of MiB of garbage have
// gathered instead of each few MiB: a house whose live heap is 10 MiB would otherwise
// spend a tenth of its time on collecting.
const headroom = 16 << 20

// Headroom reserves it for as long as the caller keeps what it returns alive.
func Headroom() []byte { return make([]byte, headroom) }
