package report

import (
	"context"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// RulingNews is what somebody must hear of a ruling: that an appeal waits for an answer,
// or what was decided about his unit.
type RulingNews struct {
	Ruling
	// Posts of Unit are told; an empty Unit for the county's.
	To    org.UnitID
	Posts []org.Post
	Words string
}

// news is what follows from a ruling as it is now; false where nobody needs to hear of it.
// Proposals that were not adopted, and reviews, are the county office's own matter.
func (r Ruling) news(unit string) (RulingNews, bool) {
	n := RulingNews{Ruling: r, To: r.Unit, Posts: []org.Post{org.Deputy, org.Head}}
	what := fmt.Sprintf("%s的评估，%s", r.Period, r.Rule)
	switch {
	case r.Kind == RulingAppeal && r.State == RulingOpen:
		n.To, n.Posts = "", []org.Post{org.OfficeDirector}
		n.Words = fmt.Sprintf("【申诉】%s对%s提出申诉\n%s\n请在“待决定事项”中答复", unit, what, r.Text)
	case r.Kind == RulingAppeal && r.State == RulingAdopted:
		n.Words = fmt.Sprintf("【申诉答复】采纳\n%s\n%s（%s）\n在下一个修订版中剔除", what, r.Answer, r.DecidedBy)
	case r.Kind == RulingAppeal:
		n.Words = fmt.Sprintf("【申诉答复】不采纳\n%s\n%s（%s）", what, r.Answer, r.DecidedBy)
	case r.Kind == RulingEntry && r.State == RulingAdopted:
		n.Words = fmt.Sprintf("【年终考核扣分】%s年扣%s分\n%s（%s）\n年度考核印发后5个工作日内可以申诉", r.Period, decimal(r.Points), r.Text, r.By)
	case r.Kind == RulingEntry:
		n.Words = fmt.Sprintf("【年终考核扣分】已撤销：%s年扣%s分\n%s（%s）", r.Period, decimal(r.Points), r.Answer, r.DecidedBy)
	case r.State == RulingAdopted && r.Kind != RulingReview:
		n.Words = fmt.Sprintf("【%s】%s\n%s\n%s（%s）", r.Kind.Chinese(), r.Period, r.Rule, r.Answer, r.DecidedBy)
	default:
		return n, false
	}
	n.Words = incident.MaskText(n.Words)
	return n, true
}

// inform tells of a ruling that was kept.
func (b Bureau) inform(ctx context.Context, r Ruling, now time.Time) error {
	n, tells := r.news(b.County().Directory.UnitName(r.Unit))
	if !tells || b.Inform == nil {
		return nil
	}
	if err := b.Inform(ctx, n, now); err != nil {
		return fmt.Errorf("tell of ruling %d: %w", r.ID, err)
	}
	return nil
}
