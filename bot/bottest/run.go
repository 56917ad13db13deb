package bottest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// li and wang are user ids that every platform takes.
const li, wang = "1001", "1002"

// play is one script with the platform that it is played on.
type play struct {
	*testing.T
	World
	script *script
}

// Run plays every script on a platform of its own.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(p *play)
	}{
		{"what is said is heard and answered", talks},
		{"opening the talk is heard", enters},
		{"a message of several replies shows them in order", several},
		{"a message that needs no answer gets none", silent},
		{"a tap is answered on its own message", taps},
		{"a tap that asks further shows the next buttons", tapsOn},
		{"more buttons than a message holds are all there", manyButtons},
		{"a long text comes whole, in pieces", longText},
		{"what comes from outside is shown as text", hostile},
		{"a picture can be opened", picture},
		{"a repeated message is answered once", repeated},
		{"people do not hear each other's answers", apart},
		{"a restart loses no letter and answers none twice", restarts},
		{"a kill between receipt and answer loses nothing", killed},
		{"while the platform is down nothing is lost", down},
		{"a house out of order is tried again, then says so", houseFault},
		{"a bug in one message ends no conversation", bug},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &script{}
			c.test(&play{T: t, World: open(t, s), script: s})
		})
	}
}

func (p *play) texts(person string) []string {
	p.Helper()
	var out []string
	for _, s := range p.Phone(person).Shown() {
		out = append(out, s.Text)
	}
	return out
}

// wants checks that the last messages on a screen hold these words.
func (p *play) wants(person string, want ...string) {
	p.Helper()
	got := p.texts(person)
	if len(got) != len(want) {
		p.Fatalf("%s sees %q, want %d messages: %q", person, got, len(want), want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			p.Errorf("message %d is %q, want %q in it", i+1, got[i], want[i])
		}
	}
}

func (p *play) wantHeard(want ...string) {
	p.Helper()
	if got := p.script.all(); !slices.Equal(got, want) {
		p.Errorf("heard %q, want %q", got, want)
	}
}

func talks(p *play) {
	p.Phone(li).Say("你好")
	p.wants(li, "听到：你好")
	p.wantHeard(li + ": 你好")
}

func enters(p *play) {
	if !p.Enters {
		p.Skip("nobody opens this talk without a word")
	}
	p.Phone(li).Enter()
	p.wants(li, "您好")
}

func several(p *play) {
	p.Phone(li).Say("两条")
	p.wants(li, "第一条", "第二条")
}

func silent(p *play) {
	p.Phone(li).Say("沉默")
	p.wants(li)
	p.Phone(li).Say("然后")
	p.wants(li, "听到：然后")
}

func taps(p *play) {
	phone := p.Phone(li)
	phone.Say("登记")
	shown := phone.Shown()
	if len(shown) != 1 {
		p.Fatalf("shown %+v, want one card", shown)
	}
	if want := []string{"登记", "取消", "改等级"}; !slices.Equal(shown[0].Buttons, want) {
		p.Errorf("buttons = %q, want %q", shown[0].Buttons, want)
	}
	for _, want := range []string{"请确认", "等级", "重大突发", "城关镇西街", "楼体外墙脱落"} {
		if !strings.Contains(shown[0].Text, want) {
			p.Errorf("the card lacks %q:\n%s", want, shown[0].Text)
		}
	}
	phone.Tap("登记")
	p.wantHeard(li+": 登记", li+": tap log:yes")
	shown = phone.Shown()
	if !p.Changes {
		p.wants(li, "请确认", "已登记为3号")
		return
	}
	if len(shown) != 1 || len(shown[0].Buttons) != 0 {
		p.Fatalf("shown %+v, want the one message without buttons", shown)
	}
	for _, want := range []string{"已登记为3号", "张三 10:05 已登记"} {
		if !strings.Contains(shown[0].Text, want) {
			p.Errorf("the changed message lacks %q:\n%s", want, shown[0].Text)
		}
	}
}

func tapsOn(p *play) {
	phone := p.Phone(li)
	phone.Say("登记")
	phone.Tap("改等级")
	last := phone.Shown()[len(phone.Shown())-1]
	if !slices.Equal(last.Buttons, []string{"一般", "重大问题"}) || !strings.Contains(last.Text, "请选择等级") {
		p.Fatalf("the next question is %+v of %+v", last, phone.Shown())
	}
	phone.Tap("重大问题")
	p.wantHeard(li+": 登记", li+": tap log:level", li+": tap level:major")
	if last = phone.Shown()[len(phone.Shown())-1]; !strings.Contains(last.Text, "选了level:major") {
		p.Errorf("the last message is %+v", last)
	}
}

func manyButtons(p *play) {
	phone := p.Phone(li)
	phone.Say("多钮")
	var all []string
	for _, s := range phone.Shown() {
		all = append(all, s.Buttons...)
	}
	if len(all) != 9 || all[8] != "单位9" {
		p.Fatalf("buttons = %q, want nine units", all)
	}
	phone.Tap("单位9")
	p.wantHeard(li+": 多钮", li+": tap unit:9")
}

func longText(p *play) {
	p.Phone(li).Say("长文")
	got := p.texts(li)
	for _, text := range got {
		switch {
		case p.MaxText > 0 && p.Size(text) > p.MaxText:
			p.Errorf("a message has %d units, want at most %d", p.Size(text), p.MaxText)
		case !utf8.ValidString(text):
			p.Errorf("a character is broken: %q", text)
		}
	}
	all := strings.Join(got, "")
	for i := range 120 {
		if !strings.Contains(all, "第"+strconv.Itoa(i)+"段：") {
			p.Errorf("paragraph %d is lost", i)
		}
	}
}

func hostile(p *play) {
	p.Phone(li).Say("注入")
	for _, text := range p.texts(li) {
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			p.Errorf("control characters reach the reader: %q", text)
		}
	}
	p.wants(li, "点此")
}

func picture(p *play) {
	if !p.Pictures {
		p.Skip("this platform sends no pictures")
	}
	p.Phone(li).Send([]byte("\xff\xd8\xffpicture"))
	p.wants(li, "收到图片10字节")
}

func repeated(p *play) {
	if !p.Once {
		p.Skip("this platform repeats nothing")
	}
	phone := p.Phone(li)
	phone.Say("你好")
	phone.Repeat()
	p.wantHeard(li + ": 你好")
	phone.Say("登记")
	phone.Tap("取消")
	phone.Repeat()
	p.wantHeard(li+": 你好", li+": 登记", li+": tap log:no")
	p.Restart()
	phone.Repeat()
	p.wantHeard(li+": 你好", li+": 登记", li+": tap log:no")
	p.wants(li, "听到：你好", "已取消")
}

func apart(p *play) {
	p.Phone(li).Say("甲")
	p.Phone(wang).Say("乙")
	p.Phone(li).Say("丙")
	p.wants(li, "听到：甲", "听到：丙")
	p.wants(wang, "听到：乙")
}

func restarts(p *play) {
	p.Phone(li).Say("一")
	p.Restart()
	p.Phone(li).Say("二")
	p.Restart()
	p.Pass(time.Minute)
	p.wants(li, "听到：一", "听到：二")
}

func killed(p *play) {
	if p.Die == nil {
		p.Skip("nothing lies between receipt and answer here")
	}
	p.Phone(li).Say("零")
	p.Die()
	p.Phone(li).Say("一")
	p.Phone(wang).Say("二")
	p.Phone(li).Say("三")
	p.Phone(li).Repeat()
	p.wantHeard(li + ": 零")
	p.Restart()
	p.Pass(time.Second)
	p.wantHeard(li+": 零", li+": 一", wang+": 二", li+": 三")
	p.wants(li, "听到：零", "听到：一", "听到：三")
	p.wants(wang, "听到：二")
}

func down(p *play) {
	if p.Down == nil {
		p.Skip("nothing lies between this platform and the house")
	}
	p.Down()
	p.Phone(li).Say("一")
	p.Phone(li).Say("二")
	p.Phone(wang).Say("三")
	for range 30 {
		p.Pass(time.Minute)
	}
	p.Restart()
	for range 30 {
		p.Pass(time.Minute)
	}
	p.wants(li)
	p.Up()
	p.Pass(3 * time.Minute)
	p.Pass(3 * time.Minute)
	p.wants(li, "听到：一", "听到：二")
	p.wants(wang, "听到：三")
	heard := p.script.all()
	slices.Sort(heard)
	if want := []string{li + ": 一", li + ": 二", wang + ": 三"}; !slices.Equal(heard, want) {
		p.Errorf("heard %q, want each once: %q", heard, want)
	}
}

func houseFault(p *play) {
	if p.Die == nil {
		p.Skip("whoever sits here sees the fault himself")
	}
	p.script.fail = 2
	p.Phone(li).Say("一")
	for range 5 {
		p.Pass(time.Minute)
	}
	p.wants(li, "听到：一")
	p.script.fail = 100
	p.Phone(li).Say("二")
	for range 20 {
		p.Pass(time.Minute)
	}
	p.wants(li, "听到：一", "没有处理")
}

func bug(p *play) {
	if p.Die == nil {
		p.Skip("whoever sits here sees the fault himself")
	}
	p.script.crash = true
	p.Phone(li).Say("一")
	p.Phone(wang).Say("二")
	p.Pass(time.Minute)
	p.wants(li, "听到：一")
	p.wants(wang, "听到：二")
}
