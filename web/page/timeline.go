package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// entryView is one line of the log.
type entryView struct {
	Seq                     int
	At, Who, Via, Name, Say string
	// Change is what it changed, such as 已分办 → 已签收.
	Change string
	// House: the house itself did it; shown fainter.
	House bool
}

// deliveryView is one message: who was told, when, by which channel, and whether it arrived.
type deliveryView struct {
	At, Who, Seat, About, Channel, State, Tone, Detail string
	// Again says how often it was sent, when more than once.
	Again string
}

// timeline is the log, the newest first.
func (p *Pages) timeline(entries []incident.Entry, now time.Time) []entryView {
	out := make([]entryView, 0, len(entries))
	for _, e := range slices.Backward(entries) {
		view := entryView{
			Seq: e.Seq, At: p.show(e.At.Truncate(time.Second), now), Who: actorText(e.Actor.Name), Via: viaText(e.Actor.Via),
			Name: e.Command.Chinese(), Say: p.logText(e), Change: p.changed(e),
			House: strings.HasPrefix(string(e.Actor.Person), "system:"),
		}
		if e.Actor.Post != "" {
			seat := e.Actor.Post.Chinese()
			if !e.Actor.Post.County() {
				seat = p.unit(e.Actor.Unit) + seat
			}
			view.Who += "（" + seat + "）"
		}
		out = append(out, view)
	}
	return out
}

// changed says what an entry changed of state, level and lead.
func (p *Pages) changed(e incident.Entry) string {
	var parts []string
	add := func(before, after string) {
		if before != after && after != "" {
			parts = append(parts, strings.TrimPrefix(before+" → "+after, " → "))
		}
	}
	before, after := "", e.After.State.Chinese()
	if e.Before.State != "" {
		before = e.Before.State.Chinese()
	}
	add(before, after)
	if e.Before.Level != "" {
		add(e.Before.Level.Chinese(), e.After.Level.Chinese())
	}
	return strings.Join(parts, "，")
}

// repeated is a rung that one person was sent again and again.
type repeated struct {
	person          org.PersonID
	milestone, rung int
	channel         string
}

// deliveries are the messages of a case, the newest first. What was sent again and again
// until it was acknowledged is one line: the last time, how often, and since when.
func (p *Pages) deliveries(c incident.Case, list []desk.Delivery, now time.Time) []deliveryView {
	out := make([]deliveryView, 0, len(list))
	dir := p.Desk.Directory()
	lines, times := map[repeated]int{}, map[repeated]int{}
	for _, d := range slices.Backward(list) {
		n := d.Notice
		if n.Kind == incident.NoticeLadder && d.State == "sent" {
			key := repeated{n.Person, n.Milestone, n.Rung, d.Channel}
			times[key]++
			if line, again := lines[key]; again {
				first := p.show(cmp.Or(d.SentAt, n.At).Truncate(time.Second), now)
				out[line].Again = fmt.Sprintf("自%s起共%d次", first, times[key])
				continue
			}
			lines[key] = len(out)
		}
		view := deliveryView{
			At: p.show(cmp.Or(d.SentAt, n.At).Truncate(time.Second), now), Who: dir.PersonName(n.Person), Seat: n.Post.Chinese(),
			About: about(c, n), Channel: channelText(d.Channel),
		}
		if !n.Post.County() && n.Unit != "" {
			view.Seat = p.unit(n.Unit) + view.Seat
		}
		if n.StandsFor != "" {
			view.Seat += "，代" + n.StandsFor
		}
		view.State, view.Tone = stateText(d.State)
		if d.State == "waiting" && n.NotBefore.After(now) {
			view.State = "等到" + p.show(n.NotBefore, now) + "发送（免打扰时段）"
		}
		if d.Tries > 1 {
			view.Detail = fmt.Sprintf("第%d次发送", d.Tries)
		}
		if reason := reasonText(d.Reason); reason != "" && d.State != "sent" {
			view.Detail = strings.TrimPrefix(view.Detail+"，"+reason, "，")
		}
		out = append(out, view)
	}
	return out
}

// about says why a notice was owed.
func about(c incident.Case, n incident.Notice) string {
	switch n.Kind {
	case incident.NoticeLadder:
		text := n.About.Chinese() + "：" + rungText(n.Label)
		if n.About.Inner() && n.Text != "" {
			text = incident.MaskText(n.Text) + "：" + rungText(n.Label)
		}
		if m := c.Milestone(n.Milestone); m != nil && n.Nth > 0 {
			text += "，再次"
		}
		return text
	case incident.NoticeResult, incident.NoticeSupervise, incident.NoticeUnreachable, incident.NoticeDigest, incident.NoticeFile:
	}
	if n.Text != "" {
		return incident.MaskText(n.Text)
	}
	return map[incident.NoticeKind]string{
		incident.NoticeResult: "办理结果", incident.NoticeSupervise: "督办", incident.NoticeUnreachable: "有人未通知到", incident.NoticeDigest: "汇总", incident.NoticeFile: "附件",
	}[n.Kind]
}

// stateText is a delivery's state in words, with its colour.
func stateText(state string) (text, tone string) {
	switch state {
	case "waiting":
		return "等待发送", "wait"
	case "sending":
		return "正在发送", "wait"
	case "sent":
		return "已发送", "met"
	case "withdrawn":
		return "已撤回（时限已完成）", "void"
	case "failed":
		return "未送达", "overdue"
	}
	return state, ""
}

// channelText is a channel in words.
func channelText(channel string) string {
	if channel == "" {
		return "—"
	}
	return viaText(channel)
}

// reasonText says why a message did not arrive; the words are the courier's.
func reasonText(reason string) string {
	switch reason {
	case "", "ok", "duplicate", "superseded":
		return ""
	case "unknown":
		return "结果不明，可能已送达"
	case "busy":
		return "平台繁忙"
	case "quota":
		return "平台限流"
	case "recipient":
		return "该渠道找不到此人"
	case "content":
		return "内容被平台拒绝"
	case "config":
		return "渠道配置有误，请联系管理员"
	case "no_channel":
		return "此人没有可用的联系方式"
	case "gave_up":
		return "多次发送未成功"
	case "unrenderable":
		return "消息模板有误，请联系管理员"
	}
	return reason
}
