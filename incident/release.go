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
// milestone, later ones hold only what is new.
type FirstReport struct {
	Text string `json:"text,omitempty"`
	// Final marks 终报: cause, final figures, handling, responsibility, lessons.
	Final bool `json:"final,omitempty"`
}

// Kind is KindFirstReport.
func (FirstReport) Kind() Kind { return KindFirstReport }

func (cmd FirstReport) apply(t *turn) error { //nolint:unparam // Command wants it
	c := t.c
	stage, name := "first", "首报"
	switch {
	case cmd.Final:
		stage, name = "final", "终报"
	case len(c.OfficialReports) > 0:
		stage, name = "followup", "续报"
	}
	c.OfficialReports = append(c.OfficialReports, OfficialReport{At: t.now, Unit: t.unit(), Stage: stage, Text: cmd.Text})
	c.meetAll(t.now, MilestoneFirstReport)
	t.handle()
	t.text = name + note(cmd.Text)
	return nil
}

// Progress is 进展: what has been done, or what is waited for.
type Progress struct {
	Text string `json:"text"`
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
	return nil
}

// Response is a public answer on the source or elsewhere.
type Response struct {
	At      time.Time `json:"at"`
	Address string    `json:"address"`
	Text    string    `json:"text,omitempty"`
}

// Respond is 首次回应: any public answer on the source (国办发〔2016〕61号: within 48 h).
type Respond struct {
	Address string    `json:"address"`
	At      time.Time `json:"at,omitzero"`
	Text    string    `json:"text,omitempty"`
}

// Kind is KindRespond.
func (Respond) Kind() Kind { return KindRespond }

func (cmd Respond) apply(t *turn) error {
	if err := need("address", cmd.Address, "回应的网址或平台名称"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	t.c.Responses = append(t.c.Responses, Response{At: at, Address: cmd.Address, Text: cmd.Text})
	t.meetFact(at, MilestoneRespond)
	t.handle()
	t.text = "首次回应：" + cmd.Address
	return nil
}

// Releasing is an authoritative statement that went out.
type Releasing struct {
	At        time.Time `json:"at"`
	Address   string    `json:"address"`
	Title     string    `json:"title,omitempty"`
	Text      string    `json:"text,omitempty"`
	Speaker   string    `json:"speaker,omitempty"`
	HeadSpoke bool      `json:"head_spoke,omitempty"`
}

// Release is 发布: an authoritative statement with its address and time. Until drafts
// carry their three reviews, the lead unit's head (or the county's office director)
// confirms it by giving the command himself.
type Release struct {
	Address string    `json:"address"`
	At      time.Time `json:"at,omitzero"`
	Title   string    `json:"title,omitempty"`
	Text    string    `json:"text,omitempty"`
	Speaker string    `json:"speaker,omitempty"`
	// HeadSpoke: the main leader spoke himself (主要负责人发声).
	HeadSpoke bool `json:"head_spoke,omitempty"`
}

// Kind is KindRelease.
func (Release) Kind() Kind { return KindRelease }

func (cmd Release) apply(t *turn) error {
	if err := need("address", cmd.Address, "发布的网址或平台名称"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	c := t.c
	c.Releases = append(c.Releases, Releasing{
		At: at, Address: cmd.Address, Title: cmd.Title, Text: cmd.Text, Speaker: cmd.Speaker, HeadSpoke: cmd.HeadSpoke,
	})
	t.meetFact(at, MilestoneRelease, MilestoneRespond, MilestoneRollingRelease)
	t.handle()
	t.text = "权威发布：" + cmd.Address
	return nil
}

// Conference is a press conference that was held.
type Conference struct {
	At        time.Time `json:"at"`
	Place     string    `json:"place"`
	Speaker   string    `json:"speaker"`
	HeadSpoke bool      `json:"head_spoke,omitempty"`
	Address   string    `json:"address,omitempty"`
}

// PressConference is 新闻发布会: its record with place, time and speaker (国办发〔2016〕80号: within 24 h).
type PressConference struct {
	Place     string    `json:"place"`
	Speaker   string    `json:"speaker"`
	HeadSpoke bool      `json:"head_spoke,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Address   string    `json:"address,omitempty"`
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
	})
	t.meetFact(at, MilestonePressConference)
	t.handle()
	t.text = "新闻发布会：" + cmd.Place + "，发布人" + cmd.Speaker
	return nil
}
