package sla_test

import (
	"fmt"
	"os"
	"time"

	"huiying/incident"
	"huiying/sla"
)

// A general report of Friday afternoon: what is due when, how it was counted, and who is
// told first.
func ExampleBook_Plan() {
	beijing := time.FixedZone("Asia/Shanghai", 8*60*60)
	doc, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := sla.ParsePolicy("policy.yaml", doc)
	if err != nil {
		fmt.Println(err)
		return
	}
	b := sla.Book{Policy: policy, Zone: beijing}
	c := b.Preview(incident.General, time.Date(2026, 11, 20, 16, 40, 0, 0, beijing), incident.Source{Name: "12345热线"})
	for _, m := range c.Milestones {
		fmt.Println(m.Kind.Chinese(), m.Counted)
	}
	for _, r := range b.Ladder(c, c.Milestones[1]) {
		fmt.Println(r.Label, r.At.In(beijing).Format("1月2日15:04"), r.Posts)
	}
	// Output:
	// 分办 自登记（11月20日16:40）起4小时，最迟11月20日20:40（本县建议）；力争11月20日18:40前。
	// 办结 接报当日（11月20日）不计，自次日起数3个自然日，最迟11月23日24:00（县通知四（二））；力争11月23日16:40前。
	// 签收 自分办（11月20日16:40）起4小时，最迟11月20日20:40（本县建议）；力争11月20日18:40前。
	// L-24h 11月23日07:30 [handler section_head]
	// T 11月23日16:40 [handler deputy]
	// L 11月23日21:45 [deputy head duty_officer]
	// L+24h 11月25日07:30 [head office_director]
	// L+72h 11月27日07:30 [head office_director deputy_leader]
}
