package report_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/report"
)

var update = flag.Bool("update", false, "write the golden documents anew; read them before you commit")

// policies are versions of the policy, which change with every word of it.
var policies = regexp.MustCompile(`p-[0-9a-f]{12}`)

// golden compares a text with the file, or writes the file anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = policies.ReplaceAllString(got, "p-…")
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if it is meant so, run go test ./report -update and read it.\ngot:\n%s", path, got)
	}
}

// page is a document as a reader sees it, tables as lines.
func page(d report.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s　%s　%s\n%s：\n%s\n", d.Title, d.Issue, d.Issuer, d.Date, d.To, d.Lead)
	for _, s := range append(d.Sections, d.Annexes...) {
		fmt.Fprintf(&b, "\n%s\n", s.Heading)
		for _, line := range s.Text {
			b.WriteString(line + "\n")
		}
		for _, t := range s.Tables {
			row := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				row[i] = c.Name
			}
			b.WriteString("| " + strings.Join(row, " | ") + " |\n")
			for _, cells := range t.Rows {
				for i, c := range cells {
					row[i] = c.Text
				}
				b.WriteString("| " + strings.Join(row, " | ") + " |\n")
			}
		}
	}
	b.WriteString("\n" + strings.Join(d.Foot, "\n") + "\n")
	return b.String()
}

// TestDocuments are a month and a year of a small county as they are printed, the year with
// one month issued, a finding and an entry in the sheet; and the same year as one unit's.
func TestDocuments(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 41, From: monday(), Days: 62, Incidents: 16, Every: 2 * time.Hour})
	ctx, by := t.Context(), c.by(t, "fuban-office_director")
	c.do(t, 3, incident.Find{What: incident.Omitted, Unit: "u1", Reason: "街道已接到来电，未上报", Evidence: "值班记录第12页", KnownAt: c.now.Add(-2 * time.Hour), FoundBy: "县网信办巡查"})
	if _, _, err := c.IssueEvaluation(ctx, by, september(), newYear(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Enter(ctx, by, report.Entry{Year: 2026, Unit: "u1", Points: 1.5, Text: "年终检查发现台账不全"}, newYear()); err != nil {
		t.Fatal(err)
	}
	month, err := c.CountEvaluation(ctx, september(), newYear())
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := c.IssueAnnual(ctx, by, 2026, newYear(), false)
	if err != nil {
		t.Fatal(err)
	}
	zone := year.Zone()
	golden(t, "evaluation.txt", page(month.Document(zone)))
	golden(t, "year.txt", page(a.Document(zone)))
	own := a.Of("u1", c.desk.Directory().UnitName("u1"))
	golden(t, "year.unit.txt", page(own.Document(zone))+"\n"+own.Markdown(zone)+"\n")
}
