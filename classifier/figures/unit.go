package figures

import "strings"

// readUnit reads what the number that ends at i counts; the end includes it.
func readUnit(s string, i, start int) (unit, int) {
	if i < len(s) && s[i] == ' ' {
		i++
	}
	rest := s[i:]
	if before := s[:start]; strings.HasSuffix(before, "初") || strings.HasSuffix(before, "高") || strings.HasSuffix(before, "星期") || strings.HasSuffix(before, "周") {
		return uOther, i // 初三学生
	}
	if u, w := peopleUnit(rest, s[:start], s[start:i]); u != uNone {
		return u, i + w
	}
	if u, w := measureUnit(rest); u != uNone {
		return u, i + w
	}
	switch w := prefixOf(rest, "节车厢", "节", "辆", "条", "%"); w {
	case "节车厢", "节", "辆":
		return uCar, i + len(w)
	case "条":
		return uItem, i + len(w)
	case "%":
		return uShare, i + len(w)
	}
	if w := prefixOf(rest, "岁", "周岁", "栋", "幢", "公里", "千米", "米", "平方米", "平米", "㎡", "层", "楼", "路", "次", "起", "艘", "件", "间", "处", "所", "家", "台", "套", "吨", "斤", "公斤",
		"度", "分", "秒", "号", "点", "时", "届", "期", "页", "项", "种", "块", "根", "头", "只", "棵", "株", "班", "年级", "中队", "单元", "村", "镇", "乡", "县", "省", "市", "区", "组", "支", "架"); w != "" {
		return uOther, i + len(w)
	}
	return uNone, i
}

func peopleUnit(rest, before, digits string) (unit, int) {
	switch {
	case strings.HasPrefix(rest, "人"):
		if prefixOf(rest, "人民", "人大", "人社", "人均", "人工", "人行", "人才", "人家", "人力", "人防", "人造", "人份", "人间", "人体", "人物", "人文", "人道", "人格", "人生", "人性", "人情", "人事", "人心", "人行道") != "" {
			return uOther, 0
		}
		return uPeople, len(prefixOf(rest, "人次", "人"))
	case strings.HasPrefix(rest, "例"):
		if prefixOf(rest, "例如", "例外", "例行", "例会") != "" {
			return uOther, 0
		}
		return uPeople, len("例")
	case strings.HasPrefix(rest, "名"):
		if prefixOf(rest, "名单", "名义", "名称", "名牌", "名列", "名次", "名额", "名字", "名为", "名气") != "" {
			return uOther, 0
		}
		return uPeople, len("名")
	case strings.HasPrefix(rest, "号人"):
		return uPeople, len("号人")
	case strings.HasPrefix(rest, "位"):
		if prefixOf(rest, "位于", "位置", "位数", "位列", "位居") != "" {
			return uOther, 0
		}
		return uPeople, len("位")
	case strings.HasPrefix(rest, "口") && strings.HasSuffix(before, "家"), strings.HasPrefix(rest, "具"):
		return uPeople, len("口")
	case strings.HasPrefix(rest, "户"):
		if prefixOf(rest, "户籍", "户口", "户外", "户型", "户主", "户名") != "" {
			return uOther, 0
		}
		return uHouse, len("户")
	case strings.HasPrefix(rest, "男"), strings.HasPrefix(rest, "女"):
		return uPeople, len("男")
	case strings.HasPrefix(rest, "个"):
		return counted(rest[len("个"):])
	case strings.HasPrefix(rest, "条人命"), strings.HasPrefix(rest, "条生命"):
		return uPeople, len("条人命")
	case prefixOf(rest, "工人", "学生", "村民", "群众", "乘客", "游客", "旅客", "师生", "矿工", "员工", "儿童", "幼儿", "居民", "业主", "农民", "民工", "小学生", "中学生", "大学生", "考生", "人员", "男子", "女子", "市民", "民众", "士兵", "警察", "平民") != "":
		return uPeople, 0
	case digits == "两" || digits == "俩" || digits == "仨" || digits == "三" || digits == "二" || digits == "一" || digits == "2" || digits == "3":
		if w := prefixOf(rest, "母女", "母子", "父子", "夫妻", "兄弟", "姐妹", "老人", "学生", "孩子", "男子", "女子", "工人", "小孩", "女童", "男童"); w != "" {
			return uPeople, len(w)
		}
	}
	return uNone, 0
}

// counted reads what 个 counts: people only if a noun says so.
func counted(rest string) (unit, int) {
	if w := prefixOf(rest, "小时", "多小时", "半小时", "钟头"); w != "" {
		return uHour, len("个") + len(w)
	}
	if prefixOf(rest, "月", "多月", "半月", "星期") != "" {
		return uSpan, len("个月")
	}
	if prefixOf(rest, "家庭") != "" {
		return uHouse, len("个家庭")
	}
	for _, w := range []string{"无辜", "未成年", "年轻", "初一", "初二", "初三", "高一", "高二", "高三", "男", "女"} {
		if len(rest) > len(w)+len("学") {
			rest = strings.TrimPrefix(rest, w)
		}
	}
	if w := prefixOf(rest, "人", "孩子", "孩", "生", "同事", "子", "小孩", "学生", "男", "女", "老人", "工人", "村民", "居民", "员工", "大人", "婴儿", "民工", "农民", "乘客", "司机", "患者", "病人", "兄弟", "战士",
		"官兵", "同学", "小朋友", "业主", "老师", "教师", "伤者", "伤员", "死者", "矿工", "娃", "儿子", "女儿", "小学生", "中学生"); w != "" {
		if w == "男" || w == "女" {
			return uPeople, len("个")
		}
		if w == "人" {
			return uPeople, len("个人")
		}
		return uPeople, len("个")
	}
	if at := strings.Index(rest[:min(len(rest), 24)], "的"); at > 0 && prefixOf(rest[at+len("的"):], "学生", "孩子", "小孩", "老人", "工人", "村民", "人") != "" {
		return uPeople, len("个") // 两个放暑假的学生
	}
	if rest == "" || prefixOf(rest, "，", "。", "、", "；", "！", "？", ",", "!", " ", "\n", "了", "没有", "死", "重伤", "受伤", "当场", "失踪", "遇难") != "" {
		return uSome, len("个")
	}
	return uOther, len("个")
}

func measureUnit(rest string) (unit, int) {
	switch {
	case strings.HasPrefix(rest, "元"):
		if prefixOf(rest, "元旦", "元宵", "元月", "元/") != "" {
			return uOther, 0
		}
		return uYuan, len("元")
	case strings.HasPrefix(rest, "块钱"):
		return uYuan, len("块钱")
	case prefixOf(rest, "美元", "欧元", "日元", "港元") != "":
		return uOther, len("美元")
	case strings.HasPrefix(rest, "公顷"):
		return uHa, len("公顷")
	case strings.HasPrefix(rest, "亩"):
		return uHa, len("亩")
	case prefixOf(rest, "平方公里", "平方千米") != "":
		return uHa, len("平方公里")
	case strings.HasPrefix(rest, "级"):
		if prefixOf(rest, "级响应", "级预案", "级风", "级大风", "级以上大风", "级应急", "级台风", "级伤残", "级医院") != "" {
			return uOther, 0
		}
		return uLevel, len("级")
	case prefixOf(rest, "小时", "钟头") != "":
		return uHour, len("小时")
	case strings.HasPrefix(rest, "天"), strings.HasPrefix(rest, "昼夜"):
		return uDay, len(prefixOf(rest, "天", "昼夜"))
	case strings.HasPrefix(rest, "年"), strings.HasPrefix(rest, "周年"):
		return uSpan, len(prefixOf(rest, "年", "周年"))
	}
	return uNone, 0
}

// hectares turns the number into hectares by the unit that follows it.
func hectares(v float64, text string) float64 {
	switch {
	case strings.HasSuffix(text, "亩"):
		return tidy(v / 15)
	case strings.HasSuffix(text, "平方公里"), strings.HasSuffix(text, "平方千米"):
		return v * 100
	}
	return v
}
