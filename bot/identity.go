package bot

import (
	"context"
	"fmt"
	"strings"

	"huiying/notify"
	"huiying/org"
)

// console is the platform that runs in a terminal of the house itself: whoever sits there
// says who he is.
const console = "console"

// known finds out who wrote. False for a stranger, and for whom the directory knows twice.
func (t *turn) known() bool {
	p, ok := t.dir.ByAddress(t.m.Platform, t.m.From)
	if !ok && t.m.Platform == console {
		p, ok = t.dir.Person(org.PersonID(t.m.From))
	}
	if !ok {
		return false
	}
	t.person = p
	t.by, ok = t.dir.Actor(p.ID, t.m.Platform, t.now)
	return ok
}

// stranger refuses politely and lets the county's duty officers know, once for each account.
func (t *turn) stranger(ctx context.Context) ([]Reply, error) {
	if replies, bound, err := t.bindStranger(ctx); bound || err != nil {
		return replies, err
	}
	if t.m.Group {
		return one(say("您好，您的账号还没有登记，我只能为本县工作人员办理事项。")), nil
	}
	account := notify.CutRunes(strings.Join(strings.Fields(notify.Clean(t.m.From)), " "), 64)
	text := fmt.Sprintf("【陌生账号】%s账号“%s”向系统发来消息，但机构人员名单里没有这个账号。\n如果是本县工作人员，请管理员为其登记账号，或让本人在已登记的账号上发「绑定」取得绑定码。", platformName(t.m.Platform), account)
	if err := t.Desk.Tell(ctx, t.Desk.OnDuty(org.DutyOfficer, "", t.now), "stranger "+t.m.Platform+" "+t.m.From, text); err != nil {
		return nil, err //nolint:wrapcheck // a fault of the store
	}
	return one(say("您好，您的账号还没有登记，我不能为您办理。已告知县值班员；如有绑定码，请发「绑定 绑定码」。\n反映问题请拨打12345热线。")), nil
}

func platformName(platform string) string {
	switch platform {
	case "wecom":
		return "企业微信"
	case "telegram":
		return "Telegram"
	case console:
		return "控制台"
	}
	return platform
}
