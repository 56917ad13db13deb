package intake

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

func decoder(tb testing.TB) Decoder {
	tb.Helper()
	return Decoder{Sources: builtin(tb), Zone: shanghai()}
}

func TestDecode_Everything(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(strings.NewReader(`{
		"source": "12345", "external_id": " GD-1 ", "title": "西街\n路面  有坑", "text": "第一行\r\n第二行\u0000",
		"reported_at": "2026-11-20T08:40:00Z", "found_at": "2026-11-20T16:45:00+08:00",
		"reporter": {"name": "张三", "phone": "13800000000", "id_no": "360000199001010000"},
		"place": "西街12号", "region": "城关镇", "url": "https://example.com/p?a=1",
		"attachments": [{"name": "照片", "url": "https://example.com/1.jpg"}, "http://example.com/2.jpg"],
		"level": "major", "category": "市政道路", "influence": true,
		"handed_limits": [{"limit": "2026-11-23T18:00:00+08:00"}, {"kind": "plan", "limit": "2026-11-22T18:00:00+08:00", "by": "市政府办"}],
		"lead": "县住建局", "assisting": ["县公安局"]}`))
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, shanghai())
	}
	want := desk.Registration{
		Register: incident.Register{
			Report: incident.Report{
				Source: source("12345热线", incident.SourceHotline, false, true), ExternalID: "GD-1",
				Title: "西街 路面 有坑", Text: "第一行\n第二行", URL: "https://example.com/p?a=1", Place: "西街12号", Region: "城关镇",
				Reporter:    incident.Reporter{Name: "张三", Phone: "13800000000", IDNo: "360000199001010000"},
				Attachments: []incident.Attachment{{Name: "照片", URL: "https://example.com/1.jpg"}, {URL: "http://example.com/2.jpg"}},
				SubmittedAt: at(20, 16, 40), FoundAt: at(20, 16, 45),
				HandedLimits: []incident.HandedLimit{
					{Kind: incident.MilestoneConclude, Limit: at(23, 18, 0), By: "12345热线"},
					{Kind: incident.MilestonePlan, Limit: at(22, 18, 0), By: "市政府办"},
				},
			},
			Grading: incident.Grading{Level: incident.Major, Category: "市政道路", Influence: true, By: "reporter"},
		},
		Lead: "县住建局", Assisting: []org.UnitID{"县公安局"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// TestDecode_Little: a source and a few words are enough; a bare name is a reporter.
func TestDecode_Little(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(strings.NewReader("\ufeff {\"source\":\"论坛\",\"text\":\"停水了\",\"reporter\":\"李四\",\"attachments\":null}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := got.Register.Report
	if r.Text != "停水了" || r.Reporter.Name != "李四" || !r.SubmittedAt.IsZero() || got.Register.Grading.Level != "" || got.Register.Grading.By != "" {
		t.Fatalf("got %+v", got)
	}
}

func TestDecode_Refusals(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("长", n) }
	ok := `"source":"论坛","title":"x",`
	for _, tt := range []struct{ name, body, field, text string }{
		{"nothing", "", "", "内容是空的"},
		{"blanks", " \n", "", "内容是空的"},
		{"a list", `[{"source":"论坛"}]`, "", "一次只能提交一件"},
		{"no object", `"x"`, "", "须是一个 JSON 对象"},
		{"not UTF-8", "{\"source\":\"\xb3\xa4\"}", "", "不是 UTF-8"},
		{"cut off", `{"source":"论坛"`, "", "JSON 不完整"},
		{"syntax", "{\n\"source\": 论坛}", "", "第2行第11个字符附近有误"},
		{"two", `{"source":"论坛","title":"x"} {}`, "", "多余的内容"},
		{"unknown field", `{` + ok + `"titel":"x"}`, "titel", "不认识的字段“titel”，可用：source、"},
		{"type", `{"source":1}`, "source", "source 的类型不对，这里需要文字（加引号）"},
		{"type of flag", `{` + ok + `"influence":"yes"}`, "influence", "这里需要 true 或 false"},
		{"reporter", `{` + ok + `"reporter":{"tel":"1"}}`, "reporter", "来件人（reporter）须写成"},
		{"attachment", `{` + ok + `"attachments":[1]}`, "attachments", "附件（attachments）的每一项"},
		{"no source", `{"title":"x"}`, "source", "请填写来源"},
		{"blank source", `{"source":" ","title":"x"}`, "source", "请填写来源"},
		{"long source", `{"source":"` + long(101) + `","title":"x"}`, "source", "来源有101字，最多100字"},
		{"neither title nor text", `{"source":"论坛","title":" ","text":"\u200b"}`, "title", "不能都为空"},
		{"long title", `{"source":"论坛","title":"` + long(301) + `"}`, "title", "标题超过300字"},
		{"long text", `{"source":"论坛","text":"` + long(200_001) + `"}`, "text", "内容超过20万字"},
		{"long id", `{` + ok + `"external_id":"` + long(201) + `"}`, "external_id", "最多200字"},
		{"long phone", `{` + ok + `"reporter":{"phone":"` + long(101) + `"}}`, "reporter.phone", "来件人电话有101字"},
		{"time", `{` + ok + `"reported_at":"2026-11-20 16:40"}`, "reported_at", "“2026-11-20 16:40”不是时间，请写成 2026-11-20T16:40:00+08:00"},
		{"day", `{` + ok + `"reported_at":"2026-02-30T16:40:00+08:00"}`, "reported_at", "不是时间"},
		{"year", `{` + ok + `"found_at":"0026-11-20T16:40:00+08:00"}`, "found_at", "不是时间"},
		{"level", `{` + ok + `"level":"urgent"}`, "level", "没有“urgent”这个等级"},
		{"script as address", `{` + ok + `"url":"javascript:alert(1)"}`, "url", "不是网址"},
		{"attachment without address", `{` + ok + `"attachments":[{"name":"x"}]}`, "attachments.0", "第1个附件没有网址"},
		{"attachment's address", `{` + ok + `"attachments":["https://a/b","file:///etc/passwd"]}`, "attachments.1", "第2个附件的网址"},
		{"many attachments", `{` + ok + `"attachments":["x"` + strings.Repeat(`,"x"`, 50) + `]}`, "attachments", "最多50个，这里有51个"},
		{"limit without time", `{` + ok + `"handed_limits":[{"kind":"conclude"}]}`, "handed_limits.0.limit", "没有写明时间"},
		{"limit's kind", `{` + ok + `"handed_limits":[{"kind":"x","limit":"2026-11-20T16:40:00+08:00"}]}`, "handed_limits.0.kind", "种类“x”不认识"},
		{"assisting alone", `{` + ok + `"assisting":["a"]}`, "lead", "也请填写主办单位"},
		{"assisting twice", `{` + ok + `"lead":"b","assisting":["a","a"]}`, "assisting", "空的或重复的"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := decoder(t).Decode(strings.NewReader(tt.body))
			e, isFault := errors.AsType[*incident.Error](err)
			if !isFault || e.Code != incident.CodeInvalid || e.Field != tt.field || !strings.Contains(e.Text, tt.text) {
				t.Fatalf("error %#v, want field %q and text %q", err, tt.field, tt.text)
			}
			if !strings.HasSuffix(e.Text, "。") {
				t.Errorf("no whole sentence: %s", e.Text)
			}
		})
	}
}

// TestDecode_Size: a body of 1 MiB is read, a byte more is refused without reading on.
func TestDecode_Size(t *testing.T) {
	t.Parallel()
	body := `{"source":"论坛","title":"x"}`
	fits := body + strings.Repeat(" ", maxBody-len(body))
	if _, err := decoder(t).Decode(strings.NewReader(fits)); err != nil {
		t.Fatal(err)
	}
	endless := io.MultiReader(strings.NewReader(fits), endlessly{})
	if _, err := decoder(t).Decode(endless); err == nil || !strings.Contains(err.Error(), "超过1 MiB") {
		t.Fatalf("error %v", err)
	}
}

type endlessly struct{}

func (endlessly) Read(p []byte) (int, error) { return len(p), nil }

// TestDecode_Reader: the reader's own fault comes through, so that the server can tell a
// body that was too long for it.
func TestDecode_Reader(t *testing.T) {
	t.Parallel()
	fault := errors.New("connection reset")
	_, err := decoder(t).Decode(iotest.ErrReader(fault))
	if !errors.Is(err, fault) {
		t.Fatalf("error %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"source":"12345热线","external_id":"1","title":"路面有坑","text":"…","reported_at":"2026-11-20T16:40:00+08:00"}`))
	f.Add([]byte(`{"source":"论坛","reporter":"张三","attachments":["https://a/b"],"handed_limits":[{"limit":"2026-11-20T16:40:00+08:00"}]}`))
	f.Add([]byte("\ufeff{\"source\":\"\\u202e\",\"text\":\"\\ud800\"}"))
	f.Add([]byte(`{"reporter":`))
	d := decoder(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		reg, err := d.Decode(strings.NewReader(string(body)))
		if err != nil {
			if e, ok := errors.AsType[*incident.Error](err); !ok || e.Code != incident.CodeInvalid || !strings.HasSuffix(e.Text, "。") {
				t.Fatalf("no error for people: %v", err)
			}
			return
		}
		r := reg.Register.Report
		if err := r.Validate(); err != nil {
			t.Fatalf("accepted what cannot be registered: %v", err)
		}
		if strings.ContainsAny(r.Title+r.ExternalID+r.Source.Name, "\n\x00") {
			t.Fatalf("a line of more than one: %q", r.Title)
		}
	})
}
