package notifytest

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"huiying/incident"
	"huiying/notify"
)

// Fixture is one channel with the platform behind it. What a platform cannot do is left
// out, and so are the tests that need it.
type Fixture struct {
	Channel notify.Channel
	// To is an address that the platform knows.
	To string
	// Secrets must not stand in an outcome or in the log.
	Secrets []string
	// Log is all that the channel has logged so far.
	Log func() string
	// Received returns the texts that the reader has got, in order.
	Received func() []string
	// MaxBytes is the platform's limit for one text; 0 for none.
	MaxBytes int
	// Escapes: the channel takes control characters and broken bytes out of texts.
	Escapes bool
	// Markup: the platform reads markup in texts, so that none from outside may get there.
	Markup bool
	// Wire returns the messages as they went over the network, try by try.
	Wire func() [][]byte
	// Shown returns the bytes of the files that the reader has got, in order; nil for a
	// channel that carries none. FileWire is what went over the network for them, try by try.
	Shown    func() [][]byte
	FileWire func() [][]byte
	// Hang makes the next try wait for an answer; the channel that it returns receives a
	// value once it does.
	Hang func() <-chan struct{}
	// Lose makes the platform take the next message and lose its answer.
	Lose func()
	// Once: the platform shows bytes that it has had already only once.
	Once bool
	// Faults are the platform's refusals, each tried on a fixture of its own.
	Faults []Fault
}

// Fault is one thing that the platform may answer, and what the channel must make of it.
type Fault struct {
	Name  string
	Cause func()
	Want  notify.Status
	// Reason that must be given; empty for any.
	Reason notify.Reason
	// After is the shortest wait that must be asked for.
	After time.Duration
}

// HTTP lists every HTTP status but 200 as a fault: none says whether the message was
// taken, so that the same bytes must be sent again.
func HTTP(cause func(status int)) []Fault {
	var out []Fault
	for status := 201; status < 600; status++ {
		if http.StatusText(status) == "" {
			continue
		}
		out = append(out, Fault{
			Name: "HTTP " + strconv.Itoa(status), Cause: func() { cause(status) }, Want: notify.Retry, Reason: notify.ReasonUnknown,
		})
	}
	return out
}

// Message is a usual one: an emergency's reminder with fields, buttons and a link.
func Message(to string) notify.Message {
	const link = "https://huiying.example.gov.cn/incidents/123"
	title := "【催办·重大突发】123号 城关镇西街商住楼外墙脱落，现场有人员被困"
	text := title + "\n权威发布：最迟11月20日21:40，还剩1小时20分\n主办：县住房和城乡建设局\n请发布权威信息\n" + link
	return notify.Message{
		Key: "hy-3f-0", To: to, Title: title, Text: text, URL: link, Urgency: incident.UrgencyEmergency,
		Markdown: "**" + title + "**\n权威发布：最迟11月20日21:40，还剩1小时20分\n主办：县住房和城乡建设局\n请发布权威信息\n[查看详情](" + link + ")",
		Card: &notify.Card{
			Incident: 123, Milestone: 5, Level: "重大突发",
			Fields: []notify.Field{
				{Name: "等级", Value: "重大突发"},
				{Name: "时限", Value: "权威发布"},
				{Name: "最迟", Value: "11月20日21:40"},
				{Name: "时间", Value: "还剩1小时20分"},
				{Name: "主办", Value: "县住房和城乡建设局"},
			},
			Buttons: []notify.Button{{Text: "签收", Key: "accept:123:5", Style: 1}, {Text: "知悉", Key: "acknowledge:123:5", Style: 2}},
		},
	}
}

// Seal encodes a message as the Courier does before its first try.
func Seal(t *testing.T, ch notify.Channel, m notify.Message) notify.Envelope {
	t.Helper()
	body, err := ch.Encode(m)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return notify.Envelope{
		ID: 1, Person: "li-ming", Channel: ch.Name(), To: m.To, Key: m.Key, Body: body, Notices: []notify.NoticeID{1},
		Tries: 1, Urgency: m.Urgency, CreatedAt: time.Date(2026, 11, 20, 20, 20, 0, 0, time.UTC),
	}
}
