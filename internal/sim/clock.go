package sim

import (
	"time"

	"github.com/jonboulle/clockwork"
)

// clock is a simulated clock that can be set back, as a server's clock can.
type clock struct {
	*clockwork.FakeClock
	skew time.Duration
}

// Now is the simulated time as the house reads it.
func (c *clock) Now() time.Time { return c.FakeClock.Now().Add(c.skew) }
