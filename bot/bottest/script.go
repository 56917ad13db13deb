package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"huiying/bot"
	"huiying/notify"
)

// script is a listener that knows a few phrases. It remembers whom it heard, and in
// which order.
type script struct {
	mu    sync.Mutex
	heard []string
	count map[string]int
	fail  int // so many hearings fail first
	crash bool
}

var errHouse = errors.New("the house is out of order")

// Hear implements bot.Listener.
func (s *script) Hear(ctx context.Context, m bot.Message) ([]bot.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail > 0 {
		s.fail--
		return nil, errHouse
	}
	if s.crash {
		s.crash = false
		panic("a bug")
	}
	what := m.Text
	switch {
	case m.Tap != nil:
		what = "tap " + m.Tap.Key
	case m.Entered:
		what = "entered"
	case len(m.Files) > 0:
		what = "file"
	}
	s.heard = append(s.heard, m.From+": "+what)
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[m.From+what]++
	return s.answer(ctx, m, what)
}

func (s *script) answer(ctx context.Context, m bot.Message, what string) ([]bot.Reply, error) {
	switch what {
	case "entered":
		return []bot.Reply{{Text: "您好"}}, nil
	case "登记":
		return []bot.Reply{{
			Title: "请确认", Fields: []notify.Field{{Name: "等级", Value: "重大突发"}, {Name: "地点", Value: "城关镇西街"}}, Text: "事由：楼体外墙脱落",
			Buttons: [][]notify.Button{{{Text: "登记", Key: "log:yes", Style: 1}, {Text: "取消", Key: "log:no", Style: 2}}, {{Text: "改等级", Key: "log:level", Style: 2}}},
		}}, nil
	case "tap log:yes":
		return []bot.Reply{{Text: "已登记为3号", Card: m.Tap.Card, Done: "张三 10:05 已登记"}}, nil
	case "tap log:no":
		return []bot.Reply{{Card: m.Tap.Card, Done: "已取消"}}, nil
	case "tap log:level":
		return []bot.Reply{{
			Text: "请选择等级", Card: m.Tap.Card, Done: "改等级",
			Buttons: [][]notify.Button{{{Text: "一般", Key: "level:general", Style: 2}, {Text: "重大问题", Key: "level:major", Style: 2}}},
		}}, nil
	case "长文":
		var b strings.Builder
		for i := range 120 {
			fmt.Fprintf(&b, "第%d段：%s🔥\n", i, strings.Repeat("办理情况", 10))
		}
		return []bot.Reply{{Text: b.String()}}, nil
	case "注入":
		return []bot.Reply{{Title: "<b>标题</b>", Text: "<a href=\"https://bad.example\">点此</a> *粗* _斜_ [链接](https://bad.example) & \x1b[2J尾"}}, nil
	case "两条":
		return []bot.Reply{{Text: "第一条"}, {Text: "第二条"}}, nil
	case "多钮":
		var rows [][]notify.Button
		for i := range 9 {
			rows = append(rows, []notify.Button{{Text: fmt.Sprintf("单位%d", i+1), Key: fmt.Sprintf("unit:%d", i+1), Style: 2}})
		}
		return []bot.Reply{{Text: "请选择单位", Buttons: rows}}, nil
	case "沉默":
		return nil, nil
	case "file":
		f, err := m.Files[0].Open(ctx)
		if err != nil {
			return nil, fmt.Errorf("open picture: %w", err)
		}
		defer f.Close() //nolint:errcheck // it is read
		n, err := io.Copy(io.Discard, f)
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		return []bot.Reply{{Text: fmt.Sprintf("收到图片%d字节", n)}}, nil
	}
	if unit, ok := strings.CutPrefix(what, "tap "); ok {
		return []bot.Reply{{Text: "选了" + unit, Card: m.Tap.Card, Done: "已选"}}, nil
	}
	return []bot.Reply{{Text: "听到：" + what}}, nil
}

func (s *script) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}
