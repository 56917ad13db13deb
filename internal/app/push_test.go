package app

import (
	"bytes"
	"image/png"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"huiying/bot/console"
	"huiying/bot/telegram"
	"huiying/bot/wecom"
	fakegram "huiying/internal/fake/telegram"
	fakecom "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/org"
	"huiying/report"
)

// TestWeekly_PictureAndBulletinByChat: on Monday each leader who is on WeChat Work or
// Telegram gets the words, then the picture and the bulletin of what he may see, once; a
// channel that answers nothing gets the same again, and one that carries none the words alone.
func TestWeekly_PictureAndBulletinByChat(t *testing.T) {
	t.Parallel()
	y := newYear(t, "2026-11-02 09:00")
	ctx := t.Context()
	work := fakecom.New(y.fake, fakecom.Options{CorpID: "ww0123", Secret: "s", AgentID: 7})
	gram := fakegram.New(y.fake, fakegram.Options{Token: "1:t", Username: "huiying_bot"})
	workServer, gramServer := httptest.NewServer(work), httptest.NewServer(gram)
	t.Cleanup(workServer.Close)
	t.Cleanup(gramServer.Close)
	log := slog.New(slog.DiscardHandler)
	a, err := wecom.New(wecom.Config{CorpID: "ww0123", Secret: "s", AgentID: 7, APIBase: workServer.URL}, wecom.Deps{Client: workServer.Client(), Clock: y.fake, Log: log, Files: y.db.File})
	y.must(err)
	b, err := telegram.New(telegram.Config{Token: "1:t", APIBase: gramServer.URL}, telegram.Deps{Client: gramServer.Client(), Clock: y.fake, Log: log, Files: y.db.File})
	y.must(err)
	y.carryBy(a, b)
	y.cfg.Wecom.Enabled, y.cfg.Telegram.Enabled = true, true
	y.reports = bureau(y.cfg, y.house.Desk, y.db)

	// The county's director is on WeChat Work, the head of the unit on Telegram, the others
	// on the console alone.
	data := y.house.Desk.Directory().Data()
	var director, head string
	for i := range data.Persons {
		p := &data.Persons[i]
		by, _ := y.house.Desk.Directory().Actor(p.ID, "test", y.now())
		switch {
		case by.County(org.OfficeDirector):
			p.Addresses, director = []org.Address{{Channel: "wecom", To: "director"}}, string(p.ID)
		case by.In("zjj", org.Head):
			p.Addresses, head = []org.Address{{Channel: "telegram", To: "42"}}, string(p.ID)
		default:
			p.Addresses = []org.Address{{Channel: "console", To: string(p.ID)}}
		}
	}
	if director == "" || head == "" {
		t.Fatal("nobody holds the posts")
	}
	y.must(y.house.Desk.SetDirectory(ctx, data))
	gram.Start(42)
	y.register("钱值班", map[string]any{"source": "12345热线", "external_id": "A1", "title": "路灯不亮，联系13812345678", "text": "和平小区路灯不亮", "lead": "县住建局"})
	y.register("钱值班", map[string]any{"source": "12345热线", "external_id": "A2", "title": "垃圾清运不及时", "text": "河东村垃圾", "lead": "县城管局"})

	y.jobs.fresh = false
	y.fake.Advance(y.at("2026-11-09 08:31").Sub(y.now()))
	_, err = y.house.Courier.Drain(ctx) // what the ladders owe
	y.must(err)
	work.FailNext(1, fakecom.Fault{Kind: fakecom.Cut, Taken: true})
	y.jobs.once(ctx, y.jobOf("weekly"))
	for range 4 {
		_, err = y.house.Courier.Drain(ctx)
		y.must(err)
		y.fake.Advance(y.at("2026-11-09 08:31").Sub(y.at("2026-11-09 08:30")))
	}
	var files []*fakecom.Upload
	var words int
	for _, m := range work.Delivered() {
		switch {
		case m.File != nil:
			files = append(files, m.File)
		case strings.Contains(m.Text, "每周超期汇总"):
			words++
			if len(files) > 0 {
				t.Error("a file came before the words")
			}
		}
	}
	if words != 1 || len(files) != 2 {
		t.Fatalf("the director has %d messages and %d files, want 1 and 2", words, len(files))
	}
	if _, err := png.Decode(bytes.NewReader(files[0].Body)); err != nil || files[1].Name != "huiying-2026-W45.docx" || !bytes.HasPrefix(files[1].Body, []byte("PK")) {
		t.Errorf("files %s and %s: %v", files[0].Name, files[1].Name, err)
	}
	var own []*fakegram.Sent
	for _, m := range gram.Messages(42) {
		if m.File != nil {
			own = append(own, m.File)
			if !strings.Contains(m.Text, "县住建局") {
				t.Errorf("the unit's file is called %q", m.Text)
			}
		}
	}
	if len(own) != 2 || own[0].Method != "sendPhoto" || own[1].Method != "sendDocument" || bytes.Equal(own[1].Body, files[1].Body) {
		t.Errorf("the unit's head has %d files, want his unit's own picture and bulletin", len(own))
	}
	if strings.Contains(y.screen.String(), "huiying-2026-W45") {
		t.Error("the console was told of a file")
	}
	y.fake.Advance(y.at("2026-11-09 14:00").Sub(y.now())) // the platform shows the same file once in four hours
	n, err := y.reports.Send(ctx, Operator(), report.KindWeekly, "2026-W45", y.now())
	if err != nil || n < 3 {
		t.Errorf("sent again to %d, %v", n, err)
	}
	_, err = y.house.Courier.Drain(ctx)
	y.must(err)
	again := 0
	for _, m := range work.Delivered() {
		if m.File != nil {
			again++
		}
	}
	if again != 4 {
		t.Errorf("after sending again the director has %d files, want 4", again)
	}
}

// carryBy sends by these channels beside the console.
func (y *year) carryBy(channels ...notify.Channel) {
	y.tb.Helper()
	templates, err := loadTemplates(y.cfg)
	y.must(err)
	renderer, err := notify.NewRenderer(templates, y.zone, "https://huiying.example.gov.cn")
	y.must(err)
	screen := console.New(&y.screen, y.clock, y.zone, func(to string) string { return y.nameOn("console", to) })
	y.house.Courier, err = notify.NewCourier(y.tb.Context(), y.cfg.Notify, notify.Deps{
		Outbox: y.db, Channels: append(channels, screen), Renderer: renderer, Directory: y.house.Desk.Directory, Clock: y.clock, Log: y.Log, Unreached: y.house.unreached,
	})
	y.must(err)
}
