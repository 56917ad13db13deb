package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// DemoRate is how fast the demonstration's clock runs: five hours in 25 seconds.
const DemoRate = 720

// act is one thing that somebody does in the demonstration, so long after its start.
type act struct {
	after time.Duration
	say   string
	unit  org.UnitID // its post acts; empty for the county's
	post  org.Post
	do    incident.Command
}

// demo registers sample reports and lets an emergency climb its ladders up to the
// deputy county leader until somebody accepts, and later releases and concludes it.
func demo(ctx context.Context, s *server) error {
	start := s.clock.Now()
	emergency, err := s.samples(ctx, start)
	if err != nil {
		return err
	}
	unit := emergency.Lead
	for _, a := range demoActs(unit) {
		timer := s.clock.NewTimer(start.Add(a.after).Sub(s.clock.Now()))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.Chan():
		}
		if err := s.act(ctx, emergency.ID, a); err != nil {
			return err
		}
	}
	s.say("演示到此结束，时钟仍在走；按 Ctrl+C 退出，或打开页面继续试用。")
	return nil
}

func demoActs(unit org.UnitID) []act {
	const title = "关于城东仓库火灾的情况通报"
	const text = "11月20日下午，城东一仓库起火，明火已经扑灭，2人轻伤送医，起火原因正在调查。21时再次发布。咨询电话：12345。"
	hash := incident.HashText(title, text)
	review := incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true}
	return []act{
		{40 * time.Minute, "经办人此时才签收。签收一栏的催办到此停止；权威发布、新闻发布会照常计时。", unit, org.Handler, incident.Accept{}},
		{50 * time.Minute, "向县委县政府首报。", unit, org.Deputy, incident.FirstReport{Text: "火势已控制，2人轻伤送医，原因正在调查。"}},
		{90 * time.Minute, "拟出情况通报。", unit, org.Handler, incident.WriteDraft{Title: title, Text: text}},
		{91 * time.Minute, "送审；突发事件三审同时请三人审。", unit, org.Handler, incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true}},
		{100 * time.Minute, "初审通过。", unit, org.SectionHead, review},
		{130 * time.Minute, "复审通过。终审迟迟没有回音，每15分钟再请一次，并请上一级。", unit, org.Deputy, review},
		{5*time.Hour + 19*time.Minute, "终审通过，三审完毕。", unit, org.Head, review},
		{
			5*time.Hour + 20*time.Minute, "催到分管副县长后，登记权威发布，发布的催办停止（超期20分钟，记录在案）。", unit, org.Head,
			incident.Release{Address: "https://www.example.gov.cn/notice/1", Channel: "县政府网站", HeadSpoke: true},
		},
		{15 * time.Hour, "召开新闻发布会。", unit, org.Head, incident.PressConference{
			Place: "县融媒体中心", Speaker: "县应急管理局主要负责人", HeadSpoke: true,
		}},
	}
}

// samples registers four reports of an ordinary day and returns the emergency, which is
// dispatched but not accepted.
func (s *server) samples(ctx context.Context, now time.Time) (incident.Case, error) {
	dir := s.house.Desk.Directory()
	officer, err := s.holder(dir.County(), org.DutyOfficer)
	if err != nil {
		return incident.Case{}, err
	}
	s.say("时钟以%d倍速度运行：一小时约5秒。值班员登记了四件事，其中一件是重大突发。", DemoRate)
	hotline := incident.Source{Name: "12345热线", Kind: incident.SourceHotline, Public: true, WantsAnswer: true}
	web := incident.Source{Name: "本地论坛", Kind: incident.SourceWeb, Public: true}
	reports := []struct {
		level incident.Level
		unit  string
		r     incident.Report
	}{
		{incident.General, "县住建局", incident.Report{Source: hotline, ExternalID: "demo-1", Title: "和平小区路灯不亮已有一周", Text: "和平小区3号楼前路灯坏了一周，晚上出行不便。"}},
		{incident.General, "县交通运输局", incident.Report{Source: hotline, ExternalID: "demo-2", Title: "城东公交站牌信息有误"}},
		{incident.Major, "县教育局", incident.Report{Source: web, ExternalID: "demo-3", Title: "网传某小学食堂饭菜不洁，多名家长聚集反映"}},
		{incident.Emergency, "县应急管理局", incident.Report{Source: web, ExternalID: "demo-4", Title: "城东仓库突发大火，有人员被困", Text: "城东物流园仓库起火，浓烟很大，有人被困。"}},
	}
	var last incident.Case
	for _, one := range reports {
		unit, ok := dir.FindUnit(one.unit)
		if !ok {
			return last, fmt.Errorf("演示需要单位“%s”，请使用内置的 units.yaml", one.unit)
		}
		one.r.SubmittedAt = now
		last, _, err = s.house.Desk.Register(ctx, officer, desk.Registration{
			Register: incident.Register{Report: one.r, Grading: incident.Grading{Level: one.level, By: "officer", Confirmed: true}},
			Lead:     unit.ID,
		})
		if err != nil {
			return last, fmt.Errorf("register sample: %w", err)
		}
	}
	return last, nil
}

// act lets a holder of the post do one thing; a refusal is said, as any officer would read it.
func (s *server) act(ctx context.Context, id incident.ID, a act) error {
	by, err := s.holder(a.unit, a.post)
	if err != nil {
		return err
	}
	s.say("%s%s：%s", s.house.Desk.Directory().UnitName(a.unit), a.post.Chinese(), a.say)
	_, err = s.house.Desk.Do(ctx, by, id, a.do, "")
	if refused, ok := errors.AsType[*incident.Error](err); ok {
		s.say("未受理：%s", refused.Text)
		return nil
	}
	if err != nil {
		return fmt.Errorf("act: %w", err)
	}
	return nil
}

// holder is somebody who holds the post now.
func (s *server) holder(unit org.UnitID, post org.Post) (org.Actor, error) {
	dir, now := s.house.Desk.Directory(), s.clock.Now()
	for _, r := range dir.Resolve([]org.Post{post}, unit, now) {
		if by, ok := dir.Actor(r.Person.ID, "demo", now); ok {
			return by, nil
		}
	}
	return org.Actor{}, fmt.Errorf("演示需要%s有人担任%s", dir.UnitName(unit), post.Chinese())
}

// say prints a line of the demonstration between the messages.
func (s *server) say(format string, args ...any) {
	line := strings.Repeat("━", 4) + " " + s.clock.Now().In(s.zone).Format("01-02 15:04") + " 演示 " + fmt.Sprintf(format, args...) + "\n\n"
	if _, err := s.Out.Write([]byte(line)); err != nil {
		s.Log.Warn("console is closed", "error", err)
	}
}
