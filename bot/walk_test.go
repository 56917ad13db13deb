package bot_test

import (
	"strings"
	"testing"

	"huiying/incident"
	"huiying/org"
)

// walked says how it was tried whether 帮助 is enough; TestWalk repeats it.
const walked = `
## 只看过「帮助」的人能不能用

试法：只给看上面那条「帮助」，别的什么都不说，要办三件事——登记一件、分办出去、找出超期的；只许用「帮助」里写着的说法和按钮上的字。测试 TestWalk 逐句重复这次试用，并检查每一句都来自「帮助」或按钮。

| 要办的事 | 说了什么 | 结果 |
| --- | --- | --- |
| 登记 | 点「登记」，发一句情况，点来源，点「只登记」 | 登记为1号 |
| 分办 | 「1号转给水利局」，点「确认分办」 | 已分办，县水利局经办人收到消息 |
| 找超期 | 点「逾期」 | 列出1号，差在哪个时限、超了多久 |

第一次试用时卡住三处，都已改：说「1号催一下」会直接办掉，现在先确认；登记到一半问“有没有超期的”被当成了来源，现在当作换话题；地点里的“3号楼”“3号仓库”被当成3号事件，现在不会。
`

// TestWalk does what somebody can who has only seen 帮助: each word that he says stands in
// 帮助 or on a button.
func TestWalk(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	help := duty.say("帮助")
	for _, words := range []string{"登记", "3号转给水利局", "逾期"} {
		if !strings.Contains(help, words) {
			t.Fatalf("帮助 does not say %q:\n%s", words, help)
		}
	}
	duty.tap("登记")
	duty.say("城东河堤出现管涌，已有人巡查，群众担心")
	duty.tap("值班电话")
	if got := duty.tap("只登记"); !strings.Contains(got, "已登记：1号") {
		t.Fatalf("not registered:\n%s", got)
	}
	duty.say("1号转给水利局")
	if got := duty.tap("确认分办"); !strings.Contains(got, "分办给县水利局") {
		t.Fatalf("not dispatched:\n%s", got)
	}
	if c := h.get(1); c.State != incident.Dispatched || c.Lead != "slj" {
		t.Fatalf("incident 1 is %s, lead %s", c.State, c.Lead)
	}
	h.clock.Advance(5 * hour)
	duty.say("帮助")
	if got := duty.tap("逾期"); !strings.Contains(got, "全县超期1件") || !strings.Contains(got, "1号") || !strings.Contains(got, "签收超") {
		t.Fatalf("what is overdue is not found:\n%s", got)
	}
	if who := h.person("县水利局", org.Handler); !strings.Contains(h.as(who).say("我的"), "1号") {
		t.Errorf("%s does not find it among his own", who)
	}
}
