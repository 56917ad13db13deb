package notify

import "testing"

func TestRungName(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"D": "分办时", "T": "力争时限", "L": "最迟时限", "S+1h": "开始后1小时", "D+10m": "分办后10分钟", "T-15m": "力争前15分钟",
		"L-48h": "最迟前2天", "L+72h": "最迟后3天", "L+span": "最迟后又过同样时长", "": "", "X": "X", "L+soon": "L+soon",
	} {
		if got := rungName(label); got != want {
			t.Errorf("rungName(%q) = %q, want %q", label, got, want)
		}
	}
}
