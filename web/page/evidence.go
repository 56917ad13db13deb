package page

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/report"
	"huiying/report/render"
)

// evidenceEntry is one line of the log as the evidence file shows it: who did what when,
// with its place in the chain. The command's own data stay in the house, since they hold
// the reporter's.
type evidenceEntry struct {
	Seq     int           `json:"seq"`
	At      time.Time     `json:"at"`
	Who     string        `json:"who"`
	Post    string        `json:"post,omitempty"`
	Via     string        `json:"via"`
	Command incident.Kind `json:"command"`
	Text    string        `json:"text"`
	Hash    string        `json:"hash"`
}

// evidence answers with the incident's evidence file (证据材料): the timeline with its
// hashes, whom messages reached and when, the same as a document to print, and the
// checksums of it all.
func (p *Pages) evidence(w http.ResponseWriter, r *http.Request, v Visit) error {
	c, entries, deliveries, err := p.file(r, v)
	if err != nil {
		return err
	}
	doc := p.evidenceDocument(c, entries, deliveries)
	var printed, out bytes.Buffer
	if err := render.DOCX(&printed, doc); err != nil {
		return fmt.Errorf("render evidence: %w", err)
	}
	if err := pack(&out, entries, doc, printed.Bytes()); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="incident-`+c.ID.String()+`-evidence.zip"`)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(out.Bytes())
	return ignoreGone(err)
}

// lessonsSection holds each 复盘, or says that there is none and until when it is owed.
func (p *Pages) lessonsSection(c incident.Case, show func(time.Time) string) report.Section {
	s := report.Section{Heading: "四、复盘"}
	for _, r := range c.AfterActions {
		s.Text = append(s.Text, show(r.At)+" "+r.Name+"记录，参加人员："+r.TookPart,
			"经过："+incident.MaskText(r.Happened), "做得好的："+incident.MaskText(cmp.Or(r.Well, "—")), "不足："+incident.MaskText(r.Ill), "原因分析："+incident.MaskText(r.Causes))
		t := report.Table{Title: "改进措施", Columns: []report.Column{{Name: "措施", Width: 50}, {Name: "责任单位", Width: 20}, {Name: "完成期限", Width: 19}}}
		for _, m := range r.Measures {
			t.Rows = append(t.Rows, []report.Cell{{Text: incident.MaskText(m.Text)}, {Text: p.unit(m.Unit)}, {Text: show(m.DueAt)}})
		}
		s.Tables = append(s.Tables, t)
	}
	if len(c.AfterActions) == 0 {
		text := "没有复盘记录。"
		for _, m := range c.PendingOf(incident.MilestoneAfterAction) {
			text = "还没有复盘，最迟" + show(m.Limit) + "。"
		}
		s.Text = append(s.Text, text)
	}
	return s
}

// pack writes the files and their checksums.
func pack(out *bytes.Buffer, entries []incident.Entry, doc report.Document, printed []byte) error {
	lines := make([]evidenceEntry, len(entries))
	for i, e := range entries {
		lines[i] = evidenceEntry{
			Seq: e.Seq, At: e.At, Who: e.Actor.Name, Post: e.Actor.Post.Chinese(), Via: e.Actor.Via, Command: e.Command,
			Text: incident.MaskText(e.Text), Hash: hex.EncodeToString(e.Hash),
		}
	}
	timeline, err := json.MarshalIndent(lines, "", "  ")
	if err != nil {
		return fmt.Errorf("encode timeline: %w", err)
	}
	receipts, err := json.MarshalIndent(doc.Annexes[1].Tables, "", "  ")
	if err != nil {
		return fmt.Errorf("encode receipts: %w", err)
	}
	z := zip.NewWriter(out)
	var sums strings.Builder
	for _, f := range []struct {
		name string
		body []byte
	}{{"办理记录.json", timeline}, {"送达记录.json", receipts}, {"证据材料.docx", printed}} {
		sum := sha256.Sum256(f.body)
		sums.WriteString(hex.EncodeToString(sum[:]) + "  " + f.name + "\n")
		if err := put(z, f.name, f.body); err != nil {
			return err
		}
	}
	if err := put(z, "SHA256SUMS", []byte(sums.String())); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	return nil
}

func put(z *zip.Writer, name string, body []byte) error {
	f, err := z.Create(name)
	if err == nil {
		_, err = f.Write(body)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// evidenceDocument is the evidence as it is printed.
func (p *Pages) evidenceDocument(c incident.Case, entries []incident.Entry, deliveries []desk.Delivery) report.Document {
	zone := p.Desk.Zone
	show := func(at time.Time) string {
		if at.IsZero() {
			return "—"
		}
		return at.In(zone).Format("2006-01-02 15:04:05")
	}
	cell := func(s string) report.Cell { return report.Cell{Text: s} }
	timeline := report.Table{Columns: []report.Column{{Name: "序号", Width: 6}, {Name: "时间", Width: 19}, {Name: "人员", Width: 16}, {Name: "职务", Width: 12}, {Name: "记录", Width: 50}, {Name: "哈希（前16位）", Width: 18}}}
	for _, e := range entries {
		timeline.Rows = append(timeline.Rows, []report.Cell{
			cell(strconv.Itoa(e.Seq)), cell(show(e.At)), cell(e.Actor.Name), cell(e.Actor.Post.Chinese()), cell(p.logText(e)), cell(hex.EncodeToString(e.Hash[:min(8, len(e.Hash))])),
		})
	}
	receipts := report.Table{Title: "送达记录", Columns: []report.Column{{Name: "写出时间", Width: 19}, {Name: "收件人", Width: 16}, {Name: "事由", Width: 18}, {Name: "渠道", Width: 10}, {Name: "结果", Width: 12}, {Name: "送达时间", Width: 19}, {Name: "次数", Width: 6}}}
	for _, d := range deliveries {
		receipts.Rows = append(receipts.Rows, []report.Cell{
			cell(show(d.Notice.At)), cell(p.Desk.Directory().PersonName(d.Notice.Person)), cell(d.Notice.About.Chinese() + d.Notice.Label), cell(d.Channel),
			cell(d.State), cell(show(d.SentAt)), cell(strconv.Itoa(d.Tries)),
		})
	}
	limits := report.Table{Columns: []report.Column{{Name: "时限", Width: 16}, {Name: "最迟", Width: 19}, {Name: "完成", Width: 19}, {Name: "结果", Width: 12}, {Name: "计算依据", Width: 50}}}
	for _, m := range c.Milestones {
		limits.Rows = append(limits.Rows, []report.Cell{
			cell(m.Chinese()), cell(show(m.Limit)), cell(show(m.MetAt)), cell(m.StateAt(p.now()).Chinese()), cell(m.Counted),
		})
	}
	doc := report.Document{
		Title: "政务舆情办理证据材料", Issue: c.ID.String() + "号", Issuer: p.County, To: "存档", Date: p.now().In(zone).Format("2006年1月2日"),
		Lead: fmt.Sprintf("%s号“%s”，%s，%s，主办：%s，接报时间%s。", c.ID, incident.MaskText(c.Report.Title), c.Level().Chinese(), c.State.Chinese(), p.unit(c.Lead), show(c.ReceivedAt)),
		Annexes: []report.Section{
			{Heading: "一、办理记录", Tables: []report.Table{timeline}},
			{Heading: "二、送达记录", Tables: []report.Table{receipts}},
			{Heading: "三、时限", Tables: []report.Table{limits}},
			p.lessonsSection(c, show),
		},
		Foot: []string{"记录逐条带哈希，连成一链；huiying audit verify 可核对全部记录未被改动。", "时限政策版本：" + c.Policy + "。"},
	}
	if len(c.Misreports) > 0 {
		doc.Annexes = append(doc.Annexes, report.Section{Heading: "五、报送认定", Tables: []report.Table{p.findings(c, show)}})
	}
	return doc
}

// findings are what the county found of units' reporting, those that were taken back too.
func (p *Pages) findings(c incident.Case, show func(time.Time) string) report.Table {
	t := report.Table{Columns: []report.Column{{Name: "号", Width: 5}, {Name: "认定", Width: 8}, {Name: "单位", Width: 16}, {Name: "时间", Width: 19}, {Name: "认定人", Width: 10}, {Name: "理由和依据", Width: 50}, {Name: "撤销", Width: 30}}}
	for _, f := range c.Misreports {
		revoked := "—"
		if !f.Stands() {
			revoked = fmt.Sprintf("%s %s：%s", show(f.Revoked), f.RevokedBy, f.Why)
		}
		row := []string{strconv.Itoa(f.N), f.What.Chinese(), p.unit(f.Unit), show(f.At), f.By, f.Text(p.unit(f.Unit)), revoked}
		cells := make([]report.Cell, len(row))
		for i, s := range row {
			cells[i] = report.Cell{Text: incident.MaskText(s)}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
