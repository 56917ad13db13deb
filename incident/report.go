package incident

import (
	"strings"
	"time"

	"huiying/org"
)

// OfficialReport is 首报、续报、终报: what the unit tells the county. Facts not
// known are written 待核实, never left out.
type OfficialReport struct {
	At    time.Time  `json:"at"`
	Unit  org.UnitID `json:"unit"`
	Stage string     `json:"stage"` // first, followup, final
	Text  string     `json:"text"`
}

// FirstReport is 首报 and its follow-ups (条例 第十二条): the first one meets the
// milestone, later ones hold only what is new, meet the rhythm of an emergency (续报), and
// the final one ends it.
type FirstReport struct {
	Text string `json:"text,omitempty"`
	// Final marks 终报: cause, final figures, handling, responsibility, lessons.
	Final bool `json:"final,omitempty"`
	// Files are pictures and files that prove it.
	Files []Attachment `json:"files,omitempty"`
}

// Kind is KindFirstReport.
func (FirstReport) Kind() Kind { return KindFirstReport }

func (cmd FirstReport) apply(t *turn) error {
	c := t.c
	stage, name := "first", "首报"
	switch {
	case cmd.Final:
		stage, name = "final", "终报"
	case len(c.OfficialReports) > 0:
		stage, name = "followup", "续报"
	}
	c.OfficialReports = append(c.OfficialReports, OfficialReport{At: t.now, Unit: t.unit(), Stage: stage, Text: cmd.Text})
	c.meetAll(t.now, MilestoneFirstReport, MilestoneFollowup)
	t.handle()
	t.text = name + note(cmd.Text)
	return t.prove(KindFirstReport, cmd.Files)
}

// followupSoon is how long before its limit the next report is asked for on cards and pages.
const followupSoon = time.Hour

// FollowupSoon tells whether the next report of an emergency is due within the hour, or overdue.
func (c Case) FollowupSoon(now time.Time) bool {
	due := c.PendingOf(MilestoneFollowup)
	return len(due) > 0 && due[0].Limit.Sub(now) <= followupSoon
}

// Progress is 进展: what has been done, or what is waited for.
type Progress struct {
	Text string `json:"text"`
	// Files are pictures and files that prove it.
	Files []Attachment `json:"files,omitempty"`
	// Obstacle is why a limit is not kept, in the unit's own words; bulletins quote it.
	Obstacle string `json:"obstacle,omitempty"`
}

// Progressing is the last progress that was told, with the last obstacle that was named.
type Progressing struct {
	At       time.Time  `json:"at"`
	Unit     org.UnitID `json:"unit"`
	Text     string     `json:"text"`
	Obstacle string     `json:"obstacle,omitempty"`
}

// Kind is KindProgress.
func (Progress) Kind() Kind { return KindProgress }

func (cmd Progress) apply(t *turn) error {
	if err := need("text", strings.TrimSpace(cmd.Text), "进展内容"); err != nil {
		return err
	}
	if t.unit() == t.c.Lead {
		t.handle()
	}
	t.text = "进展：" + cmd.Text
	last := Progressing{At: t.now, Unit: t.unit(), Text: cmd.Text, Obstacle: strings.TrimSpace(cmd.Obstacle)}
	if last.Obstacle != "" {
		t.text += "；未能按期的原因：" + last.Obstacle
	} else if t.c.Progress.Unit == last.Unit {
		last.Obstacle = t.c.Progress.Obstacle
	}
	t.c.Progress = last
	return t.prove(KindProgress, cmd.Files)
}

// Conference is a press conference that was held.
type Conference struct {
	At        time.Time `json:"at"`
	Place     string    `json:"place"`
	Speaker   string    `json:"speaker"`
	HeadSpoke bool      `json:"head_spoke,omitempty"`
	Address   string    `json:"address,omitempty"`
	Host      string    `json:"host,omitempty"`
	Materials string    `json:"materials,omitempty"`
	// Questions are what was asked, and the answers.
	Questions string `json:"questions,omitempty"`
}

// PressConference is 新闻发布会: its record with place, time and speaker (国办发〔2016〕80号: within 24 h).
type PressConference struct {
	Place     string    `json:"place"`
	Speaker   string    `json:"speaker"`
	HeadSpoke bool      `json:"head_spoke,omitempty"`
	At        time.Time `json:"at,omitzero"`
	// Address is that of the transcript or report.
	Address   string `json:"address,omitempty"`
	Host      string `json:"host,omitempty"`
	Materials string `json:"materials,omitempty"`
	Questions string `json:"questions,omitempty"`
}

// Kind is KindPressConference.
func (PressConference) Kind() Kind { return KindPressConference }

func (cmd PressConference) apply(t *turn) error {
	if err := need("place", cmd.Place, "发布会地点"); err != nil {
		return err
	}
	if err := need("speaker", cmd.Speaker, "发布人"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	t.c.Conferences = append(t.c.Conferences, Conference{
		At: at, Place: cmd.Place, Speaker: cmd.Speaker, HeadSpoke: cmd.HeadSpoke, Address: cmd.Address,
		Host: cmd.Host, Materials: cmd.Materials, Questions: cmd.Questions,
	})
	t.meetFact(at, MilestonePressConference)
	t.handle()
	t.text = "新闻发布会：" + cmd.Place + "，发布人" + cmd.Speaker
	return nil
}
