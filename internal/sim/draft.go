package sim

import (
	"fmt"

	"huiying/incident"
)

// draftFields fills in a command about a draft as an officer would who has the draft
// before his eyes; now and then he has an older version, or forgets a tick.
func (w *world) draftFields(kind incident.Kind, c incident.Case, set func(kv ...any)) {
	n := 0
	if len(c.Drafts) > 0 {
		n = 1 + w.rand.IntN(len(c.Drafts))
	}
	hash := incident.HashText("情况通报", "旧版")
	if d := c.Draft(n); d != nil && w.chance(0.95) {
		hash = d.Last().Hash
	}
	switch kind { //nolint:exhaustive // the others are about no draft
	case incident.KindDraft:
		if w.chance(0.6) {
			n = 0
		}
		if d := c.Draft(n); d != nil && d.State == incident.Drafting && d.Last().Machine && w.chance(0.5) {
			set("draft", n, "adopt", true)
			return
		}
		set("draft", n, "title", "情况通报", "text", fmt.Sprintf("经核查，已处理%d处，咨询电话12345。", w.rand.IntN(4)), "county", w.chance(0.1))
	case incident.KindSubmit:
		set("draft", n, "secrecy", true, "privacy", w.chance(0.95))
	case incident.KindReview:
		set("draft", n, "hash", hash, "approve", w.chance(0.9), "comment", "请核对数字")
	case incident.KindCountersign:
		set("draft", n, "hash", hash, "agree", w.chance(0.9), "comment", "措辞请再斟酌")
	case incident.KindWithdraw:
		set("draft", n, "reason", "改由县里统一发布")
	case incident.KindAssign:
		if len(c.Assisting) > 0 {
			set("unit", c.Assisting[0])
		}
		set("text", "请核实本单位职责内的情况")
	case incident.KindOpinion:
		set("text", "已核实，2人受伤")
	case incident.KindRespond, incident.KindRelease:
		set("address", "https://example.gov.cn/1", "unsigned", "情况紧急")
		if w.chance(0.3) {
			set("draft", n)
		}
	}
}
