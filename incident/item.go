package incident

import (
	"fmt"
	"strings"
	"time"

	"huiying/org"
)

// Item is one thing that a unit is to do by a date: a measure of a review, or a part in a
// division of work.
type Item struct {
	Text  string     `json:"text"`
	Unit  org.UnitID `json:"unit"`
	DueAt time.Time  `json:"due_at,omitzero"`
}

// items refuses a list in which something is missing; dated wants a date of each.
func items(field, what string, list []Item, dated bool) error {
	for i, it := range list {
		lack := ""
		switch {
		case strings.TrimSpace(it.Text) == "":
			lack = "要做什么"
		case it.Unit == "":
			lack = "责任单位"
		case dated && it.DueAt.IsZero():
			lack = "完成日期"
		}
		if lack != "" {
			return invalid(field, fmt.Sprintf("第%d条%s没有写明%s。", i+1, what, lack))
		}
	}
	return nil
}

// itemsText lists items for the log, such as 县水利局：加固堤坝（11月30日前）.
func itemsText(list []Item) string {
	var out []string
	for _, it := range list {
		text := string(it.Unit) + "：" + it.Text
		if !it.DueAt.IsZero() {
			text += "（" + Show(it.DueAt, china()) + "前）"
		}
		out = append(out, text)
	}
	return strings.Join(out, "；")
}
