package figures

import "strings"

// Natural marks a death that nothing in the text makes anybody's fault: 因病去世.
const Natural Context = 1 << 15

// act reads killing: 打死了一名学生, 被人打死, 城管打死17岁学生.
func (sc *scan) act(se *sentence, i int) {
	ev := sc.items[i]
	if r := sc.right(se, i); r >= 0 {
		sc.count(se, ev, r)
		return
	}
	if l := sc.left(se, i); l >= 0 && strings.Contains(sc.s[sc.items[l].end:ev.start], "被") {
		sc.count(se, ev, l)
		return
	}
	head := sc.clauseHead(se, ev)
	if creature(head) {
		return
	}
	if strings.Contains(head, "被") || strings.Contains(head, "将") || strings.Contains(head, "把") || sc.object(se, i) {
		sc.out = append(sc.out, sc.implied(Deaths, ev, ev.start, ev.end, 1))
	}
}

// creature tells whether what died is no person: 草木被轧死.
func creature(head string) bool {
	if len(head) > 36 {
		head = head[len(head)-36:]
	}
	for _, w := range []string{"草", "树", "苗", "庄稼", "狗", "猫", "鸡", "鸭", "猪", "鱼", "牛", "羊", "宠物", "动物", "禽", "畜"} {
		if strings.Contains(head, w) {
			return true
		}
	}
	return false
}

// object tells whether a person stands behind the verb: 打死17岁学生, 杀害女友.
func (sc *scan) object(se *sentence, i int) bool {
	for j := i + 1; j < se.last && sc.items[j].start-sc.items[i].end <= 36; j++ {
		if k := sc.items[j].kind; k == kPerson || k == kPair {
			return true
		}
	}
	return prefixOf(sc.s[sc.items[i].end:], "人", "了人", "他", "她", "我") != ""
}

// unnumbered reads deaths that name who instead of how many: 司机不幸身亡, 死者为一对母女.
func (sc *scan) unnumbered(se *sentence, i int) {
	ev := sc.items[i]
	if sc.pairAfter(se, i) {
		sc.out = append(sc.out, sc.implied(Deaths, ev, ev.start, ev.end, 2))
		return
	}
	if ev.kind == kHead || ev.kind == kEvent && !sc.finite(ev) {
		return
	}
	value, from := 0.0, ev.start
	for j := i - 1; j >= se.first && ev.clause-sc.items[j].clause <= 3 && ev.start-sc.items[j].end <= 120; j-- {
		it := sc.items[j]
		if ev.clause-it.clause > 1 && (it.kind == kPerson || it.kind == kPair) && !sc.subject(se, it) {
			continue
		}
		if it.kind == kEvent && it.metric == Deaths || it.kind == kNumber && it.used == Deaths || it.kind == kNatural {
			return // told before
		}
		if it.kind == kPair && value > 0 && it.clause < ev.clause {
			break // 母女被砸，母亲死亡
		}
		if it.kind == kPair {
			value, from = 2, it.start
			break
		}
		if it.kind == kPerson {
			if value > 0 && it.clause == ev.clause && sc.listedWith(it, from) {
				value++ // 老人和小女孩当场死亡
			}
			value, from = max(value, 1), it.start
		}
	}
	head := sc.clauseHead(se, ev)
	if value == 0 && (strings.Contains(head, "某") || sc.befell(head)) {
		value = 1
	}
	if value == 0 {
		return
	}
	if creature(head) {
		return
	}
	f := sc.implied(Deaths, ev, from, ev.end, value)
	if i+1 < se.last && sc.items[i+1].unit == uSpan && sc.items[i+1].start-ev.end <= 3 {
		f.Context |= Historical // 死了一二十年
	}
	if ev.kind == kNatural && !sc.violent(se, ev) {
		f.Context |= Natural
	}
	sc.out = append(sc.out, f)
}

// subject tells whether a person opens the sentence, so that its later clauses speak of
// him: 一妇女喝了饮料，被送进医院，离开了世界.
func (sc *scan) subject(se *sentence, it item) bool {
	head := sc.s[se.start:it.start]
	if i := strings.LastIndex(head, "】"); i >= 0 {
		head = head[i+len("】"):]
	}
	head = strings.TrimSpace(head)
	return len(head) <= 24 && (strings.Contains(head, "一") || strings.HasSuffix(head, "某") || strings.HasSuffix(head, "我") || strings.HasSuffix(head, "我的") || head == "")
}

// listedWith tells whether a person and the one named at the place after are joined by 和.
func (sc *scan) listedWith(it item, next int) bool {
	between := sc.s[it.end:next]
	return len(between) <= 30 && (strings.Contains(between, "和") || strings.Contains(between, "、") || strings.Contains(between, "及") || strings.Contains(between, "与"))
}

// befell tells whether the words before a death make it an event of somebody whom the
// text named before: 致休克死亡, 不幸身亡.
func (sc *scan) befell(head string) bool {
	for _, w := range []string{"他", "她", "致", "致休克", "休克", "而", "后", "无效", "当场", "不幸", "意外", "窒息", "溺水", "衰竭", "最后", "最终", "导致"} {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

// hurt reads one injured person without a number: 司机受轻伤, 导致我头部受伤.
func (sc *scan) hurt(se *sentence, i int) {
	ev := sc.items[i]
	switch sc.s[ev.start:ev.end] {
	case "伤者", "伤员", "轻伤员", "轻伤者", "重伤员", "重伤者", "骨折", "危重", "病危":
		return
	}
	if prefixOf(sc.s[ev.end:], "者", "人员", "鉴定", "害", "病", "的", "案", "赔偿") != "" {
		return
	}
	head := sc.clauseHead(se, ev)
	if ev.metric == SeriousInjuries && sc.allOf(se, ev, head) {
		return
	}
	person := strings.Contains(head, "我") || strings.Contains(head, "他") || strings.Contains(head, "她") || strings.Contains(head, "本人") || isName(head)
	from := se.clauses[ev.clause].start
	for j := i - 1; j >= se.first && sc.items[j].clause == ev.clause; j-- {
		switch sc.items[j].kind {
		case kPerson:
			person = true
		case kEvent, kNumber, kAct, kHead:
			return
		}
	}
	if person && ev.start-from <= 90 {
		sc.out = append(sc.out, sc.implied(ev.metric, ev, from, ev.end, 1))
	}
}

// isName tells whether the words look like a person's name: a surname and one or two characters.
func isName(s string) bool {
	r := []rune(strings.TrimSpace(s))
	return (len(r) == 2 || len(r) == 3) && strings.ContainsRune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤康", r[0])
}

// finite tells whether the word is a verb: 死者 and 遗体 alone tell no number.
func (sc *scan) finite(ev item) bool {
	switch sc.s[ev.start:ev.end] {
	case "死者", "遇难者", "死难者", "尸体", "遗体", "夺走", "夺去", "夺走了", "夺去了":
		return false
	}
	return prefixOf(sc.s[ev.end:], "的原因", "原因", "证明", "赔偿", "鉴定", "率", "案", "事件", "事故", "通知", "人数", "的可能", "的消息", "谜") == ""
}

// pairAfter reads 死者为一对母女.
func (sc *scan) pairAfter(se *sentence, i int) bool {
	for j := i + 1; j < se.last && sc.items[j].start-sc.items[i].end <= 18; j++ {
		if sc.items[j].kind == kPair {
			return strings.HasPrefix(sc.s[sc.items[i].start:], "死者") || strings.HasPrefix(sc.s[sc.items[i].start:], "遇难者")
		}
	}
	return false
}

// implied is a figure without a number in the text.
func (sc *scan) implied(m Metric, ev item, from, to int, value float64) Figure {
	ctx := sc.contextAt(ev.start)
	return Figure{Metric: m, Value: value, Max: value, Qualifier: Exact, Start: from, End: to, Context: ctx, Implied: true}
}

// violent tells whether the sentence names a cause that is nobody's nature.
func (sc *scan) violent(se *sentence, ev item) bool {
	text := sc.s[max(se.start, ev.start-nearby):max(ev.end, min(se.end, ev.end+nearby))]
	ill := strings.Contains(text, "病") || strings.Contains(text, "癌") || strings.Contains(text, "不治之症")
	for _, w := range []string{"车祸", "事故", "撞", "被打", "殴打", "打伤", "围殴", "毒打", "火灾", "着火", "起火", "中毒", "爆炸", "坍塌", "倒塌", "溺水", "触电", "坠", "医疗", "手术", "误诊", "抢救无效", "地震", "洪水", "泥石流", "滑坡", "淹", "被杀", "自杀", "跳楼", "砸", "伤势", "伤重", "枪", "持刀", "刀刺", "砍"} {
		if strings.Contains(text, w) {
			return !ill || w != "抢救无效" && w != "手术" && w != "医疗"
		}
	}
	return false
}

// hopes tells whether lives are at stake or saved, not lost.
func (sc *scan) hopes(se *sentence, it *item) bool {
	head := sc.clauseHead(se, *it)
	for _, w := range []string{"带走", "夺走", "夺去", "吞噬", "失去", "损失", "丢", "没了", "搭上", "葬送"} {
		if strings.Contains(head, w) {
			return false
		}
	}
	return true
}

// crowd counts households and people of a neighbourhood that no event names: 2003位业主.
func (sc *scan) crowd(se *sentence) {
	for i := se.first; i < se.last; i++ {
		it := &sc.items[i]
		if it.kind != kNumber || it.used != "" || it.num.vague {
			continue
		}
		if it.unit == uPeople {
			sc.running(se, i, se.start)
			sc.remaining(se, i)
			if it.used != "" {
				continue
			}
		}
		switch {
		case it.unit == uPeople && strings.HasPrefix(sc.s[it.end-min(it.end-it.start, len("条生命")):], "条") && !sc.hopes(se, it):
			it.used = Deaths // 带走两百多条生命
		case it.unit == uHouse && it.num.low >= 2:
			it.used = Households
		case it.unit == uPeople && it.num.low >= 2 && prefixOf(strings.TrimPrefix(sc.s[it.end:], "的"), "业主", "居民", "村民", "住户", "群众", "家长", "商户", "员工", "职工", "农民工", "投资人", "购房者") != "":
			it.used = Affected
		default:
			continue
		}
		sc.out = append(sc.out, sc.figure(it.used, *it, it.start, it.end))
	}
}
