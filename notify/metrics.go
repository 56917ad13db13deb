package notify

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what became of messages, by channel, status and reason.
type Metrics struct {
	outcomes *prometheus.CounterVec
}

// NewMetrics registers the counters.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "huiying_messages_total", Help: "Attempts to send messages by channel, status and reason.",
	}, []string{"channel", "status", "reason"})}
	reg.MustRegister(m.outcomes)
	return m
}

func (m *Metrics) count(channel string, o Outcome) {
	if m != nil {
		m.outcomes.WithLabelValues(channel, string(o.Status), string(o.Reason)).Inc()
	}
}
