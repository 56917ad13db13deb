package classifier

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"huiying/incident"
)

// What else than mobile and identity numbers names a person, and leaves the house never.
var (
	landline = regexp.MustCompile(`(?:\(?0\d{2,3}\)?[-— ]?)\d{7,8}`)
	mailAddr = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	longNo   = regexp.MustCompile(`\d{12,}`) // bank cards and the like
	plate    = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}`)
	chatName = regexp.MustCompile(`(?i)(微信号?|QQ号?|qq)[：: ]*[A-Za-z0-9_-]{5,}`)
	selfName = regexp.MustCompile(`(我叫|我名叫|姓名[：:]|联系人[：:]|投诉人[：:]|来电人[：:])\s*\p{Han}{2,4}`)
)

// conceal is a text as a model outside may see it: without the reporter's name and
// numbers, without anything that looks like a number of a person, and without the persons
// that it names, as far as rules find them.
func conceal(text string, who incident.Reporter) string {
	for hidden, instead := range map[string]string{who.Name: "〔来件人〕", who.Phone: "〔电话〕", who.IDNo: "〔证件号〕"} {
		if utf8.RuneCountInString(hidden) >= 2 {
			text = strings.ReplaceAll(text, hidden, instead)
		}
	}
	text = incident.MaskText(text)
	text = concealNames(selfName.ReplaceAllString(text, "${1}"+hiddenName))
	text = mailAddr.ReplaceAllString(text, "〔邮箱〕")
	text = chatName.ReplaceAllString(text, "${1}〔号码〕")
	text = landline.ReplaceAllString(text, "〔电话〕")
	text = longNo.ReplaceAllString(text, "〔号码〕")
	return plate.ReplaceAllString(text, "〔车牌〕")
}

// shown is a report as it is sent: title and text concealed and bounded, as JSON, so that
// nothing in it can pose as a message of its own.
func shown(r incident.Report, maxChars int) (string, error) {
	body := conceal(r.Text, r.Reporter)
	if runes := []rune(body); len(runes) > maxChars {
		body = string(runes[:maxChars])
	}
	raw, err := json.Marshal(struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	}{conceal(r.Title, r.Reporter), body})
	if err != nil {
		return "", fmt.Errorf("encode report: %w", err)
	}
	return string(raw), nil
}
