package incident_test

import (
	"testing"

	"huiying/incident"
)

// TestCompose_APersonTakesItOver: what a machine wrote cannot be handed in before a person
// changed or adopted it, and the three reviewers are three others.
func TestCompose_APersonTakesItOver(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	first := incident.Compose{Title: "关于路面的回复", Text: "经核实的情况：待核实。"}
	s.refused("2026-11-23T08:40:00+08:00", handler(), incident.WriteDraft{Adopt: true}, "没有等待采用的初稿")
	s.do("2026-11-23T08:41:00+08:00", handler(), first)
	s.said("起草初稿：回应稿1《关于路面的回复》第1版，由模板填写，须有人核改或采用后才能送审")
	hand := incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true}
	s.refused("2026-11-23T08:42:00+08:00", handler(), hand, "还没有人核改")
	again := incident.Compose{Title: "关于路面的回复", Text: "经核实的情况：坑长2米。", Model: true}
	s.do("2026-11-23T08:43:00+08:00", handler(), again)
	s.said("起草初稿：回应稿1《关于路面的回复》第2版，由大模型起草，须有人核改或采用后才能送审")
	s.do("2026-11-23T08:44:00+08:00", section(), incident.WriteDraft{Adopt: true})
	s.said("拟稿：回应稿1《关于路面的回复》第3版，核对后原样采用机器起草的初稿")
	if d := s.c.Drafts[0]; d.Last().Machine || d.Last().Name != section().Name || d.Last().Text != again.Text {
		t.Errorf("adopted %+v", d.Last())
	}
	s.do("2026-11-23T08:45:00+08:00", handler(), hand)
	hash := incident.HashText(again.Title, again.Text)
	s.refused("2026-11-23T08:46:00+08:00", section(), incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true}, "拟稿人不能审核")
	s.do("2026-11-23T08:47:00+08:00", handler(), incident.Compose{Title: "再拟", Text: "待核实。", Why: "大模型正忙"})
	s.said("起草初稿：回应稿2《再拟》第1版，由模板填写（大模型正忙，改用模板），须有人核改或采用后才能送审")
	s.do("2026-11-23T08:48:00+08:00", handler(), incident.WriteDraft{Draft: 2, Title: "再拟", Text: "路面已修补。"})
	s.said("拟稿：回应稿2《再拟》第2版，在机器起草的初稿上核改")
	s.refused("2026-11-23T08:49:00+08:00", handler(), incident.Compose{}, "消息模板里没有回应稿的底稿")
}
